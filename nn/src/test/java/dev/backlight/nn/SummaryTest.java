package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
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
}
