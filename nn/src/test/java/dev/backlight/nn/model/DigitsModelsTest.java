package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Interpolation;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Layer;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Schedule;
import dev.backlight.nn.train.Trainer;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Models for numbers and images learn handwritten digits in a few epochs.
class DigitsModelsTest {
  private static final Key KEY = Key.of(1);

  private static Dataset.Split digits;

  @BeforeAll
  static void read() {
    Dataset all = Dataset.of(Csv.read(Path.of("../data/digits.csv")), "label");
    digits = all.with(x -> x.div(16)).split(0.2, KEY);
  }

  private static Tensor images(Tensor x) {
    return x.reshape(x.size(0), 1, 8, 8);
  }

  private static <M extends Layer> double heldOut(M model, int epochs, double rate, boolean large) {
    Trainer<M> how =
        Trainer.<M>classification((m, x) -> m.apply(x))
            .training((m, x, pass) -> m.train(x, pass))
            .optimizer(AdamW.of(Schedule.cosine(rate, epochs * 45)))
            .epochs(epochs)
            .key(KEY)
            .silent();
    Tensor train = digits.train().x();
    Tensor held = digits.held().x();
    if (!(model instanceof Mlp)) {
      train = images(train);
      held = images(held);
    }
    if (large) {
      train = train.upsample(Interpolation.NEAREST, 2);
      held = held.upsample(Interpolation.NEAREST, 2);
    }
    var fitted = how.fit(model, train, digits.train().y(), held, digits.held().y());
    return Objects.requireNonNull(fitted.epoch().held()).metric();
  }

  @Test
  void aPerceptronLearnsDigits() {
    Mlp model = Mlp.of(KEY, Activation.RELU, 64, 64, 10).dropout(0.1);
    assertThat(heldOut(model, 15, 5e-3, false)).isGreaterThan(0.95);
  }

  @Test
  void leNetLearnsDigits() {
    assertThat(heldOut(LeNet.of(1, 16, 10, KEY), 6, 3e-3, true)).isGreaterThan(0.95);
  }

  @Test
  void aNarrowResNetLearnsDigits() {
    ResNet model = ResNet.small(ResNet.Depth.R18, 1, 8, 10, KEY);
    assertThat(heldOut(model, 2, 1e-2, false)).isGreaterThan(0.95);
  }

  @Test
  void leNetSaysWhatItNeeds() {
    assertThatThrownBy(() -> LeNet.of(1, 8, 10, KEY))
        .hasMessage("lenet needs images of at least 12 × 12, got 8");
    LeNet model = LeNet.of(1, 28, 10, KEY);
    assertThatThrownBy(() -> model.apply(Tensor.zeros(Shape.of(2, 3, 28, 28), DType.F32)))
        .hasMessage("lenet needs images (n, 1, s, s), got (2, 3, 28, 28)");
    assertThatThrownBy(() -> model.apply(Tensor.zeros(Shape.of(2, 1, 32, 32), DType.F32)))
        .hasMessage(
            "this lenet needs images that leave 400 numbers behind its convolutions, got 576 from"
                + " (2, 1, 32, 32)");
  }

  @Test
  void aPerceptronNeedsTwoWidths() {
    assertThatThrownBy(() -> Mlp.of(KEY, Activation.TANH, 4))
        .hasMessage("a perceptron needs at least two widths, those of input and output, got 1");
  }
}
