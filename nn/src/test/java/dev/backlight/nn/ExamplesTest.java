package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.Grad;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Table;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.OptimizerState;
import dev.backlight.nn.optim.Step;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the package descriptions show, run.
class ExamplesTest {
  record Mlp(Linear hidden, Linear out) {
    Tensor apply(Tensor x) {
      return out.apply(hidden.apply(x).tanh());
    }
  }

  @Test
  void aModelOfOnesOwnTakesAStep() {
    Table table = Csv.read(Path.of("../data/iris.csv"));
    Dataset iris = Dataset.of(table, "species");
    Tensor x = iris.x();
    Tensor labels = iris.y();

    Key[] keys = Key.of(7).split(2);
    Mlp mlp = new Mlp(Linear.of(4, 16, keys[0]), Linear.of(16, 3, keys[1]));
    Mlp slope = Grad.of((Mlp m) -> Losses.crossEntropy(m.apply(x), labels), mlp).grad();

    Optimizer adam = AdamW.of(1e-3).clipped(1.0);
    OptimizerState state = adam.start(mlp);
    Step<Mlp> next = adam.step(mlp, slope, state);
    assertThat(Losses.crossEntropy(next.model().apply(x), labels).item())
        .isLessThan(Losses.crossEntropy(mlp.apply(x), labels).item());
  }

  @Test
  void fromAFileToAClassifierInAFile(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("iris.safetensors");

    Dataset iris = Dataset.of(Csv.read(Path.of("../data/iris.csv")), "species");
    Dataset.Split parts = iris.split(0.2, Key.of(7));
    Standardizer prepare = Standardizer.fit(parts.train().x());
    Fitted<Sequential> fitted =
        Trainer.classification(Sequential::apply)
            .optimizer(AdamW.of(0.02))
            .epochs(30)
            .patience(5)
            .key(Key.of(7))
            .silent()
            .fit(
                Sequential.mlp(Key.of(7), Activation.TANH, 4, 8, 3),
                parts.train().with(prepare::apply),
                parts.held().with(prepare::apply));
    Classifier classifier =
        Classifier.of(
            fitted.model(), prepare, iris.features(), iris.classes(), Map.of("rows", "120"));
    classifier.save(file);

    Table raw = Csv.read(Path.of("../data/iris.csv"));
    Classifier loaded = Classifier.load(file);
    int first = (int) loaded.predict(loaded.inputs(raw)).at(0);
    assertThat(loaded.classes().get(first)).isEqualTo("setosa");
  }
}
