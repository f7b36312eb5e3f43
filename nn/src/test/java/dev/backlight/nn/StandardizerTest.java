package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

class StandardizerTest {
  @Test
  void columnsGetMeanZeroAndDeviationOne() {
    Tensor x = Key.of(1).normal(Shape.of(50, 3), DType.F64).mul(Tensor.of(1.0, 20.0, 0.1)).add(7);
    Tensor y = Standardizer.fit(x).apply(x);
    for (int j = 0; j < 3; j++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < 50; i++) {
        sum += y.at(i, j);
        squares += y.at(i, j) * y.at(i, j);
      }
      assertThat(sum / 50).isCloseTo(0, within(1e-12));
      assertThat(squares / 50).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void aColumnThatNeverChangesHasScaleOne() {
    Tensor x = Tensor.of(new float[][] {{0.1f, 1}, {0.1f, 2}, {0.1f, 3}});
    Standardizer s = Standardizer.fit(x);
    assertThat(s.scale().toFloats()[0]).isEqualTo(1);
    assertThat(s.apply(x).at(2, 0)).isEqualTo(0);
  }

  @Test
  void wrongWidthsAndNoRowsAreRefused() {
    Standardizer s = Standardizer.fit(Tensor.ones(2, 3));
    assertThatThrownBy(() -> s.apply(Tensor.ones(2, 4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a standardizer of 3 columns needs (n, 3), got (2, 4)");
    assertThatThrownBy(() -> Standardizer.fit(Tensor.ones(0, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a standardizer needs (n, d) with at least one row, got (0, 3)");
  }

  @Test
  void columnsAreBroughtIntoARangeByThoseOfTheTrainingRows() {
    Tensor x = Tensor.of(new double[][] {{2, 5, -1}, {4, 5, 1}, {3, 5, 0}});
    Standardizer unit = Standardizer.minMax(x);
    assertThat(unit.apply(x).toDoubles()).containsExactly(0, 0, 0, 1, 0, 1, 0.5, 0, 0.5);
    Standardizer wide = Standardizer.minMax(x, -1, 3);
    assertThat(wide.apply(x).toDoubles()).containsExactly(-1, -1, -1, 3, -1, 3, 1, -1, 1);
    assertThat(wide.apply(Tensor.of(new double[][] {{5, 6, 2}})).toDoubles())
        .containsExactly(5, 0, 5);
  }

  @Test
  void rangesThatCannotBeMadeAreRefused() {
    assertThatThrownBy(() -> Standardizer.minMax(Tensor.ones(2, 2), 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a range needs low < high, got 1.0 and 1.0");
    assertThatThrownBy(() -> Standardizer.minMax(Tensor.of(new float[][] {{-3e38f}, {3e38f}})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a range needs numbers whose distances F32 can hold, got -")
        .hasMessageEndingWith("in column 0");
    assertThatThrownBy(() -> Standardizer.minMax(Tensor.of(new double[][] {{Double.NaN}})))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a range needs numbers whose distances F64 can hold, got NaN to NaN in column 0");
  }
}
