package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.model.LeNet;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final Key KEY = Key.of(1);

  @Test
  void everyLayerHasItsShapeItsParametersAndItsOperations() {
    Sequential model =
        Sequential.of(
            Unflatten.to(1, 8, 8),
            Conv2d.of(1, 6, 3, Conv2dOptions.of().padding(1), KEY),
            Activation.RELU,
            MaxPool2d.of(2),
            new Dropout(0.1),
            new Flatten(),
            Sequential.of(Linear.of(96, 10, KEY)));
    Summary summary = Summary.of(model, Tensor.zeros(Shape.of(2, 64), DType.F32));
    assertThat(summary)
        .hasToString(
            """
            layer                output        parameters   FLOPs
            unflatten1           (2, 1, 8, 8)           0       0
            conv1                (2, 6, 8, 8)          60  14,592
            relu1                (2, 6, 8, 8)           0     768
            maxpool1             (2, 6, 4, 4)           0       0
            dropout1             (2, 6, 4, 4)           0       0
            flatten1             (2, 96)                0       0
            sequential1.linear1  (2, 10)              970   3,860
            total                                   1,030  19,220
            """
                .strip());
    // A window of 9 and the bias for 2 · 6 · 64 outputs, one comparison each, 96 and the bias for
    // 20.
    assertThat(summary.flops()).isEqualTo(768 * (2 * 9 + 1) + 768 + 20 * (2 * 96 + 1));
    assertThat(summary.parameters()).isEqualTo(Parameters.count(model));
  }

  @Test
  void sharedParametersCountOnce() {
    Linear square = Linear.of(4, 4, KEY);
    Summary summary =
        Summary.of(Sequential.of(square, square), Tensor.zeros(Shape.of(1, 4), DType.F32));
    assertThat(summary.rows().stream().map(Summary.Row::parameters)).containsExactly(20L, 0L);
  }

  @Test
  void anyModelIsListedByItsLabels() {
    Sequential drawn = Sequential.mlp(KEY, Activation.TANH, 4, 8, 3);
    Tensor x = Tensor.zeros(Shape.of(2, 4), DType.F32);
    Summary own =
        Summary.of(
            (Sequential m, Tensor in) -> {
              Tensor y = m.layers().get(0).apply(in).tanh().named("hidden");
              return m.layers().get(2).apply(y);
            },
            drawn,
            x);
    assertThat(own)
        .hasToString(
            """
            layer   output  parameters  FLOPs
            hidden  (2, 8)          40    160
            output  (2, 3)          27    102
            total                   67    262
            """
                .strip());
    assertThat(Summary.of(Sequential::apply, drawn, x)).isEqualTo(Summary.of(drawn, x));
  }

  @Test
  void theReadyModelsAreListedWholly() {
    LeNet net = LeNet.of(1, 28, 10, KEY);
    Summary summary =
        Summary.of(LeNet::apply, net, Tensor.zeros(Shape.of(1, 1, 28, 28), DType.F32));
    assertThat(summary.parameters()).isEqualTo(Parameters.count(net));
    assertThat(summary.rows().stream().map(Summary.Row::layer))
        .containsExactly("conv1", "conv2", "fc1", "fc2", "out");
  }
}
