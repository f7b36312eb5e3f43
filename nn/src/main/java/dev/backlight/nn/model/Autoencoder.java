package dev.backlight.nn.model;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Train;

/// Two networks of which the first writes an example down in a few numbers, its code, and the
/// second reads it back: from (n, d) to (n, d). G. Hinton and R. Salakhutdinov, "Reducing the
/// dimensionality of data with neural networks" (2006).
///
/// It is trained to answer its own input, as in `Trainer.regression(Autoencoder::apply).fit(model,
/// x, x)`. On a tape the codes are labelled `code`.
///
/// @param encoder from examples to codes
/// @param decoder from codes to examples
public record Autoencoder(Layer encoder, Layer decoder) implements Layer {
  /// Two new perceptrons of `F32`, the second one a mirror of the first.
  ///
  /// @param widths of the first, from that of the examples to that of the codes
  public static Autoencoder of(Key key, Activation activation, int... widths) {
    Key[] keys = key.split(2);
    return new Autoencoder(
        Mlp.of(keys[0], activation, widths), Mlp.of(keys[1], activation, mirrored(widths)));
  }

  static int[] mirrored(int... widths) {
    int[] back = new int[widths.length];
    for (int i = 0; i < back.length; i++) {
      back[i] = widths[back.length - 1 - i];
    }
    return back;
  }

  /// The codes of examples.
  public Tensor encode(Tensor x) {
    return encoder.apply(x).named("code");
  }

  /// The examples that codes stand for.
  public Tensor decode(Tensor code) {
    return decoder.apply(code);
  }

  @Override
  public Tensor apply(Tensor x) {
    return decode(encode(x));
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return decoder.train(encoder.train(x, pass).named("code"), pass);
  }

  @Override
  public boolean differsInTraining() {
    return encoder.differsInTraining() || decoder.differsInTraining();
  }
}
