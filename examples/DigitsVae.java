/// New handwritten digits, drawn by a variational autoencoder. Its bound is on the nats that a held-out digit
/// takes to be told, its pixels black or white.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/DigitsVae.java
///
/// After 5 s on two cores it says: `bound 18.3 nats, by independent pixels 24.3`
import dev.backlight.core.*;
import dev.backlight.nn.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

void main() {
  Dataset.Split digits =
      Dataset.of(Csv.read(Path.of("data/digits.csv")), "label")
          .with(pixels -> pixels.gt(8).to(DType.F32))
          .split(0.2, Key.of(1));
  Tensor x = digits.train().x();
  Tensor held = digits.held().x();

  int epochs = 60;
  int steps = epochs * Math.ceilDiv(x.size(0), 32);
  Fitted<Vae> fitted =
      Trainer.<Vae>of(Vae::loss, (bound, _) -> bound.mean())
          .training(Vae::loss)
          .optimizer(AdamW.of(Schedule.cosine(3e-3, steps)))
          .epochs(epochs)
          .key(Key.of(2))
          .silent()
          .fit(Vae.of(Key.of(3), Activation.GELU, 64, 64, 8), x, x, held, held);

  double[] made = fitted.model().sample(6, 8, Key.of(4)).toDoubles();
  for (int row = 0; row < 8; row++) {
    StringBuilder line = new StringBuilder();
    for (int digit = 0; digit < 6; digit++) {
      for (int column = 0; column < 8; column++) {
        line.append(made[64 * digit + 8 * row + column] > 0.5 ? "# " : "  ");
      }
    }
    IO.println(line.toString().stripTrailing());
  }

  Tensor p = x.meanKeep(0).clamp(1e-3, 1 - 1e-3);
  Tensor alone = held.mul(p.log()).add(held.oneMinus().mul(p.oneMinus().log())).neg();
  IO.println(
      String.format(
          Locale.ROOT,
          "bound %.1f nats, by independent pixels %.1f",
          fitted.epoch().held().loss(),
          alone.sum(1).mean().item()));
}
