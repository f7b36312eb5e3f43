package dev.backlight.nn.model;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Train;

/// A variational autoencoder of numbers in `[0, 1]`: the encoder answers a distribution of codes,
/// the decoder the logits of what a code stands for, and codes drawn from the standard normal
/// distribution make new examples. D. Kingma and M. Welling, "Auto-encoding variational Bayes"
/// (2014).
///
/// What training makes small is [#loss], for each example the bound on `−log p(x)` in nats:
///
/// ```text
/// Σ softplus(logit) − x · logit,  of a code z = mean + e^(logVariance / 2) · ε
///   + ½ Σ mean² + e^logVariance − 1 − logVariance
/// ```
///
/// ```java
/// Trainer.<Vae>of(Vae::loss, (bound, _) -> bound.mean()).training(Vae::loss).fit(vae, x, x);
/// ```
///
/// @param encoder from (n, d) to (n, 2z): means, and behind them logarithms of variances
/// @param decoder from (n, z) to logits (n, d)
public record Vae(Layer encoder, Layer decoder) implements Layer {
  /// Two new perceptrons of `F32`, the second one a mirror of the first.
  ///
  /// @param widths of the first, from that of the examples, d, to that of the codes, z
  public static Vae of(Key key, Activation activation, int... widths) {
    Key[] keys = key.split(2);
    int[] twice = widths.clone();
    if (twice.length > 0) {
      twice[twice.length - 1] *= 2;
    }
    return new Vae(
        Mlp.of(keys[0], activation, twice),
        Mlp.of(keys[1], activation, Autoencoder.mirrored(widths)));
  }

  /// A distribution of codes for each example: independent normal ones.
  ///
  /// @param mean (n, z)
  /// @param logVariance (n, z)
  public record Codes(Tensor mean, Tensor logVariance) {
    /// A code drawn for each example, with slopes towards mean and variance.
    public Tensor draw(KeyTensor key) {
      Tensor noise = key.normal(mean.shape(), mean.dtype());
      return mean.add(logVariance.mul(0.5).exp().mul(noise));
    }

    /// How far each distribution is from the standard normal one, (n), in nats.
    public Tensor divergence() {
      return mean.square().add(logVariance.exp()).sub(1).sub(logVariance).sum(1).mul(0.5);
    }
  }

  /// The distributions of the codes of examples.
  public Codes encode(Tensor x) {
    return halves(encoder.apply(x));
  }

  private static Codes halves(Tensor both) {
    if (both.rank() != 2 || both.size(1) % 2 != 0) {
      throw new ShapeException(
          "an encoder that answers means and log variances (n, 2z) is needed, got " + both.shape());
    }
    int z = both.size(1) / 2;
    return new Codes(both.slice(1, 0, z).named("code"), both.slice(1, z, 2 * z));
  }

  /// The logits of what codes (n, z) stand for.
  public Tensor decode(Tensor code) {
    return decoder.apply(code);
  }

  /// The examples as they come back from their mean codes, in `[0, 1]`.
  @Override
  public Tensor apply(Tensor x) {
    return decode(encode(x).mean()).sigmoid();
  }

  /// The examples as they come back from codes that are drawn, in `[0, 1]`.
  @Override
  public Tensor train(Tensor x, Train pass) {
    Codes codes = halves(encoder.train(x, pass));
    return decoder.train(codes.draw(pass.key()), pass).sigmoid();
  }

  @Override
  public boolean differsInTraining() {
    return true;
  }

  /// The bound of each example, (n), with a code that is drawn by key 0: the same number every
  /// time.
  public Tensor loss(Tensor x) {
    Codes codes = encode(x);
    Tensor code = codes.draw(KeyTensor.of(Key.of(0)));
    return missed(x, decode(code)).add(codes.divergence());
  }

  /// The bound of each example, (n), with a code that is drawn.
  public Tensor loss(Tensor x, Train pass) {
    Codes codes = halves(encoder.train(x, pass));
    Tensor logits = decoder.train(codes.draw(pass.key()), pass);
    return missed(x, logits).add(codes.divergence());
  }

  /// New examples, (n, d), in `[0, 1]`.
  ///
  /// @param codes how many numbers a code has, z
  public Tensor sample(int n, int codes, Key key) {
    return decode(key.normal(Shape.of(n, codes), DType.F32)).sigmoid();
  }

  private static Tensor missed(Tensor x, Tensor logits) {
    if (!logits.shape().equals(x.shape())) {
      throw new ShapeException(
          "a decoder that answers " + x.shape() + " is needed, got " + logits.shape());
    }
    return logits.softplus().sub(x.mul(logits)).sum(1);
  }
}
