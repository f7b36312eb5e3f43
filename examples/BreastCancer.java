/// Breast cancer diagnoses by a perceptron, judged by cross-validation in five folds: every patient is
/// held out once.
///
///     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' examples/BreastCancer.java
///
/// After 5 s on two cores it says: `held out: 97.4 % right`
import dev.backlight.core.*;
import dev.backlight.nn.*;
import dev.backlight.nn.data.*;
import dev.backlight.nn.model.*;
import dev.backlight.nn.optim.*;
import dev.backlight.nn.train.*;

void main() {
  Dataset all = Dataset.of(Csv.read(Path.of("data/breast_cancer.csv")), "diagnosis");
  double right = 0;
  for (Dataset.Split fold : all.folds(5, Key.of(1))) {
    Dataset train = fold.train();
    Dataset test = fold.held();
    Standardizer prepare = Standardizer.fit(train.x()); // by the training rows alone

    int epochs = 30;
    Fitted<Mlp> fitted =
        Trainer.classification(Mlp::apply)
            .training(Mlp::train)
            .optimizer(
                AdamW.of(Schedule.cosine(5e-3, epochs * Math.ceilDiv(train.rows(), 32))).decay(0.1))
            .epochs(epochs)
            .key(Key.of(2))
            .silent()
            .fit(
                Mlp.of(Key.of(3), Activation.RELU, 30, 32, 2).dropout(0.3),
                train.with(prepare::apply),
                test.with(prepare::apply));
    double metric = fitted.epoch().held().metric();
    IO.println(
        String.format(Locale.ROOT, "of %d held out: %.1f %% right", test.rows(), 100 * metric));
    right += metric * test.rows() / all.rows();
  }
  IO.println(String.format(Locale.ROOT, "held out: %.1f %% right", 100 * right));
}
