/// Breast cancer diagnoses by a perceptron, judged by cross-validation in five folds: every patient is
/// held out once.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/BreastCancer.java
///
/// After 5 s on two cores it says: `held out: 97.5 % right`
import dev.backlight.core.*;
import dev.backlight.nn.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

void main() {
  Dataset all = Dataset.of(Csv.read(Path.of("data/breast_cancer.csv")), "diagnosis");
  int[] order = Key.of(1).permutation(all.rows());

  int folds = 5;
  double right = 0;
  for (int fold = 0; fold < folds; fold++) {
    int held = fold;
    Dataset train =
        all.select(
            IntStream.range(0, order.length)
                .filter(i -> i % folds != held)
                .map(i -> order[i])
                .toArray());
    Dataset test =
        all.select(
            IntStream.range(0, order.length)
                .filter(i -> i % folds == held)
                .map(i -> order[i])
                .toArray());
    Standardizer prepare = Standardizer.fit(train.x()); // by the training rows alone

    int epochs = 30;
    Fitted<Mlp> fitted =
        Trainer.classification(Mlp::apply)
            .training(Mlp::train)
            .optimizer(
                AdamW.of(Schedule.cosine(5e-3, epochs * Math.ceilDiv(train.rows(), 32))).decay(0.1))
            .epochs(epochs)
            .key(Key.of(fold))
            .silent()
            .fit(
                Mlp.of(Key.of(fold), Activation.RELU, 30, 32, 2).dropout(0.3),
                train.with(prepare::apply),
                test.with(prepare::apply));
    double metric = fitted.epoch().held().metric();
    IO.println(String.format(Locale.ROOT, "fold %d: %.1f %% right", fold + 1, 100 * metric));
    right += metric * test.rows() / all.rows();
  }
  IO.println(String.format(Locale.ROOT, "held out: %.1f %% right", 100 * right));
}
