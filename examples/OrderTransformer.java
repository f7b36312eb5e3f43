/// Which of two tokens comes first? Asked of a transformer; who does not see order is right half of the time.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/OrderTransformer.java
///
/// After 5 s on two cores it says: `held out: 98.9 % right`
import dev.backlight.core.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

/// Sequences with one 0 and one 1 among other tokens, and whether the 0 comes first.
Brackets.Examples sequences(int n, int length, Key key) {
  int[] x = key.fold(0).integers(Shape.of(n * length), 2, 6).toInts();
  int[] y = new int[n];
  for (int i = 0; i < n; i++) {
    int[] places = key.fold(1).fold(i).permutation(length);
    x[i * length + places[0]] = 0;
    x[i * length + places[1]] = 1;
    y[i] = places[0] < places[1] ? 1 : 0;
  }
  return new Brackets.Examples(Tensor.of(Shape.of(n, length), x), Tensor.of(y));
}

void main() {
  Brackets.Examples train = sequences(2000, 12, Key.of(1));
  Brackets.Examples held = sequences(1000, 12, Key.of(2));

  int epochs = 5;
  Fitted<TransformerClassifier> fitted =
      Trainer.<TransformerClassifier>classification(TransformerClassifier::apply)
          .training(TransformerClassifier::train)
          .optimizer(AdamW.of(Schedule.cosine(5e-3, epochs * 40)).clipped(1))
          .batch(50)
          .epochs(epochs)
          .key(Key.of(3))
          .fit(
              TransformerClassifier.of(6, 12, 16, 4, 2, 2, Key.of(4)).dropout(0.02),
              train.x(),
              train.y(),
              held.x(),
              held.y());

  double right = 100 * fitted.epoch().held().metric();
  IO.println(String.format(Locale.ROOT, "held out: %.1f %% right", right));
}
