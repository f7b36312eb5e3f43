package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorScansTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  private static Tensor random(DType dtype, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(3).doubles(shape.elements(), -1, 1).toArray()).to(dtype);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void scansAlongEveryAxisAreTheSlowLoops(DType dtype) {
    Tensor x = random(dtype, 2, 3, 5);
    Tensor b = random(dtype, 2, 3, 5).mul(2).add(.3);
    for (int axis = -3; axis < 3; axis++) {
      int along = (axis + 3) % 3;
      int n = x.size(along);
      int step = x.shape().stride(along);
      for (int e = 0; e < x.elements(); e++) {
        int k = e / step % n;
        double sum = 0;
        double back = 0;
        double product = 1;
        double state = 0;
        double exps = 0;
        double largest = -INF;
        for (int j = 0; j < n; j++) {
          int at = e + (j - k) * step;
          double value = x.toDoubles()[at];
          if (j <= k) {
            sum += value;
            product *= value;
            state = (j == 0 ? 0 : value * state) + b.toDoubles()[at];
            exps += Math.exp(value);
            largest = Math.max(largest, value);
          }
          back += j >= k ? value : 0;
        }
        assertThat(x.cumsum(axis).toDoubles()[e]).isCloseTo(sum, within(1e-6));
        assertThat(x.cumsumBackwards(axis).toDoubles()[e]).isCloseTo(back, within(1e-6));
        assertThat(x.cumprod(axis).toDoubles()[e]).isCloseTo(product, within(1e-6));
        assertThat(x.recurrence(b, axis).toDoubles()[e]).isCloseTo(state, within(1e-5));
        assertThat(x.logCumSumExp(axis).toDoubles()[e]).isCloseTo(Math.log(exps), within(1e-6));
        assertThat(x.cummax(axis).values().toDoubles()[e]).isEqualTo(largest);
        assertThat(x.neg().cummin(axis).values().toDoubles()[e]).isEqualTo(-largest);
      }
    }
  }

  @Test
  void integersAreSummedExactly() {
    assertThat(Tensor.of(1L << 60, 1L, 2L).cumsum(0).toLongs())
        .containsExactly(1L << 60, (1L << 60) + 1, (1L << 60) + 3);
    assertThat(Tensor.of(new int[] {1, 2, 3}).cumsumBackwards(0).toInts()).containsExactly(6, 5, 3);
    assertThatThrownBy(() -> Tensor.of(true).cumsum(0))
        .isInstanceOf(DTypeException.class)
        .hasMessage("cumsum needs numbers, got BOOL");
  }

  @Test
  void theFirstOfEqualExtremesIsSelectedAndNanStays() {
    Tensor x = Tensor.of(1.0, 1, 3, 2, 3, Double.NaN, 9);
    assertThat(x.cummax(0).index().toInts()).containsExactly(0, 0, 2, 2, 2, 5, 5);
    assertThat(x.cummax(0).values().toDoubles())
        .containsExactly(1, 1, 3, 3, 3, Double.NaN, Double.NaN);
    assertThat(x.cummin(0).index().toInts()).containsExactly(0, 0, 0, 0, 0, 5, 5);
  }

  @Test
  void runningLogSumExpIsSafeAtItsEdges() {
    Tensor x = Tensor.of(-INF, -INF, 1000.0, 1000, -1000, INF, 3);
    assertThat(x.logCumSumExp(0).toDoubles())
        .containsExactly(
            new double[] {-INF, -INF, 1000, 1000 + Math.log(2), 1000 + Math.log(2), INF, INF},
            within(1e-12));
  }

  @Test
  void productsOverEveryChoiceOfAxes() {
    Tensor x = Tensor.of(Shape.of(2, 3, 2), 1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(x.prod().item()).isEqualTo(479001600);
    assertThat(x.prod(0, 2).toDoubles()).containsExactly(112, 1080, 3960);
    assertThat(x.prod(1).toDoubles()).containsExactly(15, 48, 693, 960);
    assertThat(x.prodKeep(1).shape()).isEqualTo(Shape.of(2, 1, 2));
    assertThat(x.prodKeep().shape()).isEqualTo(Shape.of(1, 1, 1));
    assertThat(Tensor.zeros(2, 0).prod(1).toFloats()).containsExactly(1, 1);
    assertThat(Tensor.scalar(7.0).prod().item()).isEqualTo(7);
    assertThatThrownBy(() -> Tensor.ones(0).to(DType.I32).prod())
        .isInstanceOf(DTypeException.class)
        .hasMessage("prod needs F32 or F64, got I32");
    assertThat(Tensor.zeros(0, 2).prod(1).shape()).isEqualTo(Shape.of(0));
  }

  @Test
  void nothingAndOneElementAreScanned() {
    Tensor none = Tensor.zeros(2, 0);
    for (Tensor y :
        new Tensor[] {
          none.cumsum(1),
          none.cumprod(1),
          none.logCumSumExp(1),
          none.cummax(1).values(),
          none.recurrence(none, 1)
        }) {
      assertThat(y.shape()).isEqualTo(Shape.of(2, 0));
    }
    assertThat(Tensor.of(3.0).cumprod(0).toDoubles()).containsExactly(3);
    assertThat(Tensor.of(INF, 2).recurrence(Tensor.of(1.0, 1), 0).toDoubles())
        .as("the first factor is not read")
        .containsExactly(1, 3);
    assertThat(Tensor.of(3.0).diff(0).shape()).isEqualTo(Shape.of(0));
    assertThat(Tensor.of(3.0, 5, 4).diff(0).toDoubles()).containsExactly(2, -1);
    assertThatThrownBy(() -> none.diff(1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("diff needs at least one element along axis 1, got (2, 0)");
    assertThatThrownBy(() -> Tensor.zeros(2).recurrence(Tensor.zeros(3), 0))
        .isInstanceOf(ShapeException.class)
        .hasMessage("recurrence needs equal shapes, got (2) and (3)");
  }
}
