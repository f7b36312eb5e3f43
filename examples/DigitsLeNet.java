/// Handwritten digits by LeNet-5, which wants images of at least 12 × 12: these are drawn twice as large.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/DigitsLeNet.java
///
/// After 5 s on two cores it says: `held out: 98.9 % right`
import dev.backlight.core.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

Tensor images(Dataset rows) {
  return rows.x().reshape(rows.rows(), 1, 8, 8).upsample(Interpolation.LINEAR, 2);
}

void main() {
  Key key = Key.of(1);
  Dataset.Split digits =
      Dataset.of(Csv.read(Path.of("data/digits.csv")), "label")
          .with(pixels -> pixels.div(16))
          .split(0.2, key);

  int epochs = 15;
  int steps = epochs * Math.ceilDiv(digits.train().rows(), 32);
  Fitted<LeNet> fitted =
      Trainer.classification(LeNet::apply)
          .training(LeNet::train)
          .optimizer(AdamW.of(Schedule.cosine(3e-3, steps)))
          .epochs(epochs)
          .key(key)
          .fit(
              LeNet.of(1, 16, 10, key),
              images(digits.train()),
              digits.train().y(),
              images(digits.held()),
              digits.held().y());

  double right = 100 * fitted.epoch().held().metric();
  IO.println(String.format(Locale.ROOT, "held out: %.1f %% right", right));
}
