package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.Init;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.Unflatten;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.optim.AdamW;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The data of the project are learned to the accuracy that people expect of them, on a fifth held
/// out.
class RealDataTest {
  private static final Key KEY = Key.of(1);

  private static Dataset.Split standardized(String file, String target) {
    Dataset.Split raw = Dataset.of(Csv.read(Path.of("../data/" + file)), target).split(0.2, KEY);
    Standardizer prepare = Standardizer.fit(raw.train().x());
    return new Dataset.Split(raw.train().with(prepare::apply), raw.held().with(prepare::apply));
  }

  @Test
  void irisIsLearnedByASmallPerceptronInBothPrecisions() {
    Dataset.Split iris = standardized("iris.csv", "species");
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Fitted<Sequential> fitted =
          Trainer.classification(Sequential::apply)
              .optimizer(Adam.of(0.02))
              .epochs(60)
              .batch(16)
              .key(KEY)
              .silent()
              .fit(
                  Sequential.mlp(KEY, Activation.TANH, dtype, 4, 8, 3),
                  iris.train().to(dtype),
                  iris.held().to(dtype));
      assertThat(fitted.epoch().metric()).as("%s", dtype).isGreaterThan(0.93);
    }
  }

  @Test
  void breastCancerIsLearnedByAPerceptron() {
    Dataset.Split cancer = standardized("breast_cancer.csv", "diagnosis");
    Fitted<Sequential> fitted =
        Trainer.classification(Sequential::apply)
            .optimizer(AdamW.of(0.005))
            .epochs(20)
            .key(KEY)
            .silent()
            .fit(Sequential.mlp(KEY, Activation.RELU, 30, 16, 2), cancer.train(), cancer.held());
    assertThat(fitted.epoch().metric()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void digitsAreLearnedByASmallConvolutionalNetwork() {
    Dataset.Split digits =
        Dataset.of(Csv.read(Path.of("../data/digits.csv")), "label").split(0.2, KEY);
    Standardizer pixels = Standardizer.of(64, 8, 8, DType.F32);
    Key[] keys = KEY.split(2);
    Sequential cnn =
        Sequential.of(
            Unflatten.to(1, 8, 8),
            Conv2d.of(1, 8, 3, Conv2dOptions.of().padding(1), keys[0]),
            Activation.RELU,
            MaxPool2d.of(2),
            new Flatten(),
            Linear.of(128, 10, Init.GLOROT, keys[1]));
    Fitted<Sequential> fitted =
        Trainer.classification(Sequential::apply)
            .optimizer(Adam.of(0.005))
            .epochs(6)
            .key(KEY)
            .silent()
            .fit(cnn, digits.train().with(pixels::apply), digits.held().with(pixels::apply));
    assertThat(fitted.epoch().metric()).isGreaterThan(0.92);
  }
}
