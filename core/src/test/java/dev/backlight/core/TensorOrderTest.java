package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorOrderTest {
  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
  }

  /// With many ties.
  private static Tensor numbers(int n, DType dtype) {
    return Tensor.of(new Random(n).ints(n, -5, 6).mapToDouble(i -> i / 2.0).toArray()).to(dtype);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 7, 64, 1000})
  void sortingIsStableBothWays(int n) {
    for (DType dtype : new DType[] {DType.F32, DType.F64, DType.I32, DType.I64}) {
      Tensor x = numbers(n, dtype);
      double[] values = x.toDoubles();
      Comparator<Integer> rising = Comparator.comparingDouble(i -> values[i]);
      int[] want = IntStream.range(0, n).boxed().sorted(rising).mapToInt(i -> i).toArray();
      int[] falling =
          IntStream.range(0, n).boxed().sorted(rising.reversed()).mapToInt(i -> i).toArray();
      assertThat(x.argsort(0).toInts()).containsExactly(want);
      assertThat(x.argsort(0, true).toInts()).containsExactly(falling);
      assertThat(x.sort(0).values().toDoubles())
          .containsExactly(Arrays.stream(values).sorted().toArray());
    }
  }

  @Test
  void everyAxisIsSortedByItself() {
    Tensor x = Tensor.of(Shape.of(2, 3, 2), 5, 1, 3, 2, 4, 0, 9, 8, 7, 6, 7, 5);
    assertThat(x.sort(1).values().toInts()).containsExactly(3, 0, 4, 1, 5, 2, 7, 5, 7, 6, 9, 8);
    assertThat(x.argsort(1).toInts()).containsExactly(1, 2, 2, 0, 0, 1, 1, 2, 2, 1, 0, 0);
    assertThat(x.argsort(-1, true).get(0).toInts()).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(Tensor.zeros(2, 0).sort(1).values().shape()).isEqualTo(Shape.of(2, 0));
  }

  @Test
  void nanIsTheLargestAndNegativeZeroIsZero() {
    double inf = Double.POSITIVE_INFINITY;
    Tensor x = Tensor.of(0.0, Double.NaN, -0.0, inf, -inf);
    assertThat(x.argsort(0).toInts()).containsExactly(4, 0, 2, 3, 1);
    assertThat(x.argsort(0, true).toInts()).containsExactly(1, 3, 0, 2, 4);
    assertThat(x.to(DType.F32).argsort(0).toInts()).containsExactly(4, 0, 2, 3, 1);
    assertThat(Tensor.of(Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE).argsort(0).toInts())
        .containsExactly(2, 1, 0);
    assertThat(Tensor.of(true, false, true).argsort(0).toInts()).containsExactly(1, 0, 2);
    assertThat(x.median(0).item()).isNaN();
    assertThat(x.quantile(0, 0).item()).isNaN();
  }

  @Test
  void theFirstOnesAreTakenFromEitherEnd() {
    Tensor x = Tensor.of(new double[][] {{3, 1, 3, 2}, {5, 7, 6, 8}});
    assertThat(x.topK(2, 1).values().toDoubles()).containsExactly(3, 3, 8, 7);
    assertThat(x.topK(2, 1).index().toInts()).containsExactly(0, 2, 3, 1);
    assertThat(x.bottomK(1, 0).values().toDoubles()).containsExactly(3, 1, 3, 2);
    assertThat(x.bottomK(0, 1).values().shape()).isEqualTo(Shape.of(2, 0));
    assertThat(x.kthValue(4, 1).values().toDoubles()).containsExactly(3, 8);
    assertThat(x.kthValue(4, 1).index().toInts()).containsExactly(2, 3);
    refused(() -> x.topK(5, 1), "topK needs k in 0..4 along axis 1 of (2, 4), got 5");
    refused(() -> x.bottomK(-1, -2), "bottomK needs k in 0..2 along axis 0 of (2, 4), got -1");
    refused(() -> x.kthValue(0, 1), "kthValue needs k in 1..4 along axis 1 of (2, 4), got 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 101, 1000})
  void quantilesAreInAStraightLineBetweenNeighbours(int n) {
    Tensor x = numbers(n, DType.F64);
    double[] sorted = x.toDoubles();
    Arrays.sort(sorted);
    for (double q : new double[] {0, .1, .25, .5, .77, 1}) {
      double place = q * (n - 1);
      int below = (int) place;
      double above = sorted[Math.min(below + 1, n - 1)];
      double want = sorted[below] + (place - below) * (above - sorted[below]);
      assertThat(x.quantile(q, 0).item()).isCloseTo(want, within(1e-12));
    }
    assertThat(x.median(0).item()).isCloseTo(x.quantile(.5, 0).item(), within(1e-12));
    assertThat(x.quantile(new double[] {0, 1}, 0).toDoubles())
        .containsExactly(sorted[0], sorted[n - 1]);
  }

  @Test
  void whatHasNoOrderIsRefused() {
    refused(
        () -> Tensor.zeros(2, 0).median(1),
        "median needs at least one element along axis 1, got (2, 0)");
    refused(
        () -> Tensor.zeros(0).quantile(.5, 0),
        "quantile needs at least one element along axis 0, got (0)");
    assertThatThrownBy(() -> Tensor.zeros(2).quantile(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("quantile needs q in 0..1, got NaN");
    assertThatThrownBy(() -> Tensor.of(1, 2).median(0))
        .isInstanceOf(DTypeException.class)
        .hasMessage("orderstatistic needs F32 or F64, got I32");
    refused(() -> Tensor.zeros(2).sort(1), "an axis of (2) lies in -1..0, got 1");
  }
}
