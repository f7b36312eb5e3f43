package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Losses;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Schedule;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Models that answer images learn to find discs in noise and to write digits down in a few
/// numbers.
class ImageModelsTest {
  private static final Key KEY = Key.of(1);

  /// Noise of deviation 0.5 with a disc that is lighter by 1, and where the disc is.
  private record Discs(Tensor x, Tensor y) {
    static Discs of(int n, int side, Key key) {
      Tensor place = key.fold(0).uniform(Shape.of(n, 1, 1, 3), DType.F32);
      Tensor at = Tensor.arange(side, DType.F32);
      Tensor down = at.reshape(1, 1, side, 1).sub(place.slice(3, 0, 1).mul(side));
      Tensor across = at.reshape(1, 1, 1, side).sub(place.slice(3, 1, 2).mul(side));
      Tensor radius = place.slice(3, 2, 3).mul(2).add(3);
      Tensor disc = down.square().add(across.square()).lt(radius.square()).to(DType.F32);
      return new Discs(disc.add(key.fold(1).normal(disc.shape(), DType.F32).mul(0.5)), disc);
    }
  }

  private static double overlap(Tensor logits, Tensor y) {
    Tensor found = logits.gt(0).to(DType.F32);
    double both = found.mul(y).sum().item();
    return both / (found.sum().item() + y.sum().item() - both);
  }

  @Test
  void aUNetFindsDiscsInNoise() {
    Discs train = Discs.of(240, 16, Key.of(2));
    Discs held = Discs.of(100, 16, Key.of(3));
    Fitted<UNet> fitted =
        Trainer.of(UNet::apply, Losses::bceWithLogits)
            .training(UNet::train)
            .optimizer(AdamW.of(Schedule.cosine(1e-2, 4 * 20)))
            .batch(12)
            .epochs(4)
            .key(KEY)
            .silent()
            .fit(UNet.of(1, 6, 2, 1, KEY), train.x(), train.y());
    double byThreshold = overlap(held.x().sub(0.5), held.y());
    double found = overlap(fitted.model().apply(held.x()), held.y());
    assertThat(byThreshold).isLessThan(0.5);
    assertThat(found).isGreaterThan(0.8);
  }

  private static Dataset.Split digits() {
    Dataset all = Dataset.of(Csv.read(Path.of("../data/digits.csv")), "label");
    return all.with(x -> x.div(16)).split(0.2, KEY);
  }

  /// The mean squared error of the best linear code of so many numbers, by principal components.
  private static double linear(Tensor x, Tensor held, int numbers) {
    Tensor mean = x.meanKeep(0);
    Tensor apart = x.sub(mean).to(DType.F64);
    Tensor axes = apart.transpose().matmul(apart).eigh().vectors();
    Tensor best = axes.slice(1, 64 - numbers, 64);
    Tensor other = held.sub(mean).to(DType.F64);
    return other.matmul(best).matmul(best.transpose()).sub(other).square().mean().item();
  }

  @Test
  void anAutoencodersCodeIsBetterThanTheBestLinearOne() {
    Tensor x = digits().train().x();
    Tensor held = digits().held().x();
    int epochs = 30;
    Fitted<Autoencoder> fitted =
        Trainer.<Autoencoder>regression(Autoencoder::apply)
            .optimizer(AdamW.of(Schedule.cosine(3e-3, epochs * 45)))
            .epochs(epochs)
            .key(KEY)
            .silent()
            .fit(Autoencoder.of(KEY, Activation.GELU, 64, 64, 6), x, x, held, held);
    assertThat(Objects.requireNonNull(fitted.epoch().held()).loss())
        .isLessThan(0.85 * linear(x, held, 6));
    assertThat(fitted.model().encode(held).shape()).isEqualTo(Shape.of(held.size(0), 6));
  }

  @Test
  void aVariationalAutoencoderBoundsDigitsBetterThanIndependentPixels() {
    Tensor x = digits().train().x().gt(0.5).to(DType.F32);
    Tensor held = digits().held().x().gt(0.5).to(DType.F32);
    int epochs = 30;
    Fitted<Vae> fitted =
        Trainer.<Vae>of(Vae::loss, (bound, _) -> bound.mean())
            .training(Vae::loss)
            .optimizer(AdamW.of(Schedule.cosine(3e-3, epochs * 45)))
            .epochs(epochs)
            .key(KEY)
            .silent()
            .fit(Vae.of(KEY, Activation.GELU, 64, 64, 6), x, x, held, held);
    Tensor mean = x.meanKeep(0).clamp(1e-3, 1 - 1e-3);
    Tensor alone = held.mul(mean.log()).add(held.oneMinus().mul(mean.oneMinus().log())).neg();
    double independent = alone.sum(1).mean().item();
    assertThat(Objects.requireNonNull(fitted.epoch().held()).loss()).isLessThan(independent - 4);

    Tensor made = fitted.model().sample(100, 6, KEY);
    assertThat(made.shape()).isEqualTo(Shape.of(100, 64));
    Tensor off = made.mean(0).sub(x.mean(0)).abs().mean();
    assertThat(off.item()).isLessThan(0.1);
  }

  @Test
  void theDivergenceOfCodesIsThatOfNormalDistributions() {
    // KL(N(1, 4), N(0, 1)) = (1 + 4 − 1 − ln 4) / 2, added for two such numbers
    Tensor mean = Tensor.of(new double[][] {{1, 1}, {0, 0}});
    Tensor logVariance = Tensor.of(new double[][] {{Math.log(4), Math.log(4)}, {0, 0}});
    double[] kl = new Vae.Codes(mean, logVariance).divergence().toDoubles();
    assertThat(kl[0]).isCloseTo(4 - Math.log(4), within(1e-12));
    assertThat(kl[1]).isZero();
  }

  @Test
  void aVariationalAutoencoderSaysWhatItsNetworksHaveToAnswer() {
    Mlp three = Mlp.of(KEY, Activation.TANH, 8, 3);
    Mlp four = Mlp.of(KEY, Activation.TANH, 8, 4);
    Mlp back = Mlp.of(KEY, Activation.TANH, 2, 7);
    Tensor x = Tensor.zeros(Shape.of(5, 8), DType.F32);
    assertThatThrownBy(() -> new Vae(three, back).loss(x))
        .hasMessage(
            "an encoder that answers means and log variances (n, 2z) is needed, got (5, 3)");
    assertThatThrownBy(() -> new Vae(four, back).loss(x))
        .hasMessage("a decoder that answers (5, 8) is needed, got (5, 7)");
  }

  @Test
  void aUNetSaysWhichImagesItNeeds() {
    UNet model = UNet.of(2, 4, 2, 3, KEY);
    assertThat(model.apply(Tensor.zeros(Shape.of(1, 2, 8, 12), DType.F32)).shape())
        .isEqualTo(Shape.of(1, 3, 8, 12));
    assertThatThrownBy(() -> model.apply(Tensor.zeros(Shape.of(1, 2, 8, 10), DType.F32)))
        .hasMessage(
            "this u-net needs images (n, 2, h, w) with h and w in multiples of 4, got (1, 2, 8,"
                + " 10)");
  }
}
