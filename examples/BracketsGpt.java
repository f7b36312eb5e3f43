/// A tiny GPT learns to speak in brackets, from words that it sees once each. The language's entropy is
/// known, so the loss has a bound that no model gets below. With a seed and a file as arguments
/// it writes its loss curve, which docs/models.md compares with PyTorch's.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/BracketsGpt.java
///
/// After 15 s on two cores it says: `held out: 0.819 nats a token, entropy 0.816`
import dev.backlight.autodiff.*;
import dev.backlight.core.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

void main(String[] args) throws IOException {
  int seed = args.length > 0 ? Integer.parseInt(args[0]) : 1;
  Key[] keys = Key.of(seed).split(4);
  Brackets words = new Brackets(2, 24);
  int steps = 1000;
  int batch = 32;

  TinyGpt first = TinyGpt.of(words.vocabulary(), 24, 32, 4, 2, keys[0]);
  Optimizer optimizer = AdamW.of(Schedule.cosine(5e-3, steps).warmup(20)).clipped(1);
  Trainer<TinyGpt> trainer =
      Trainer.of(TinyGpt::apply, TinyGpt::loss).training(TinyGpt::train).optimizer(optimizer);

  // One whole step is recorded once; every play takes in what the last one made, and new words.
  Brackets.Examples seen = words.next(batch, keys[1].fold(0));
  var player = trainer.step(first, seen.x(), seen.y()).player();
  var before =
      new TrainingStep.Before<>(
          first, optimizer.start(first), KeyTensor.of(keys[2]), seen.x(), seen.y());
  StringBuilder curve = new StringBuilder("step,loss\n");
  for (int step = 0; step < steps; step++) {
    var after = player.play(before);
    curve.append(step).append(',').append(after.loss().item()).append('\n');
    if (step % 100 == 0) {
      IO.println(String.format(Locale.ROOT, "step %3d  loss %.3f", step, after.loss().item()));
    }
    Brackets.Examples next = words.next(batch, keys[1].fold(step + 1));
    before =
        new TrainingStep.Before<>(after.model(), after.state(), after.key(), next.x(), next.y());
  }
  if (args.length > 1) {
    Files.writeString(Path.of(args[1]), curve);
  }

  TinyGpt model = before.model();
  int balanced = 0;
  for (int i = 0; i < 20; i++) {
    int[] said = model.generate(new int[] {words.start()}, 24, 1, keys[3].fold(i));
    int[] word = Arrays.copyOfRange(said, 1, said.length);
    balanced += words.balanced(word) ? 1 : 0;
    if (i < 3) {
      IO.println(words.text(word));
    }
  }
  IO.println(balanced + " of 20 words that it says are balanced");
  Brackets.Examples held = words.next(1000, keys[1].fold(-1));
  IO.println(
      String.format(
          Locale.ROOT,
          "held out: %.3f nats a token, entropy %.3f",
          TinyGpt.loss(model.apply(held.x()), held.y()).item(),
          words.entropy()));
}
