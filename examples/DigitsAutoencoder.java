/// Handwritten digits written down in eight numbers each, and read back.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/DigitsAutoencoder.java
///
/// After 5 s on two cores it says: `mean squared error 0.016, by the mean digit 0.074`
import dev.backlight.core.*;
import dev.backlight.nn.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

String drawn(Tensor digit) {
  StringBuilder lines = new StringBuilder();
  double[] pixels = digit.toDoubles();
  for (int i = 0; i < 64; i++) {
    int level = (int) Math.round(4 * Math.clamp(pixels[i], 0, 1));
    lines.append(" .+*#".charAt(level)).append(i % 8 == 7 ? "\n" : " ");
  }
  return lines.toString();
}

void main() {
  Dataset.Split digits =
      Dataset.of(Csv.read(Path.of("data/digits.csv")), "label")
          .with(pixels -> pixels.div(16))
          .split(0.2, Key.of(1));
  Tensor x = digits.train().x();
  Tensor held = digits.held().x();

  int epochs = 60;
  int steps = epochs * Math.ceilDiv(x.size(0), 32);
  Fitted<Autoencoder> fitted =
      Trainer.<Autoencoder>regression(Autoencoder::apply)
          .optimizer(AdamW.of(Schedule.cosine(3e-3, steps)))
          .epochs(epochs)
          .key(Key.of(2))
          .silent()
          .fit(Autoencoder.of(Key.of(3), Activation.GELU, 64, 64, 8), x, x, held, held);

  Tensor digit = held.slice(0, 0, 1);
  IO.println(drawn(digit));
  IO.println(fitted.model().encode(digit));
  IO.println();
  IO.println(drawn(fitted.model().apply(digit)));
  double byMean = held.sub(x.meanKeep(0)).square().mean().item();
  IO.println(
      String.format(
          Locale.ROOT,
          "mean squared error %.3f, by the mean digit %.3f",
          fitted.epoch().held().loss(),
          byMean));
}
