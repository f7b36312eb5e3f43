package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorNormsTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  @ParameterizedTest
  @ValueSource(doubles = {.5, 1, 1.5, 2, 3, 10})
  void normsOfEveryOrderAreTheirFormula(double p) {
    Tensor x = Tensor.of(new double[][] {{3, -4, 0}, {-1, 2, .5}});
    for (int row = 0; row < 2; row++) {
      double sum = 0;
      for (int k = 0; k < 3; k++) {
        sum += Math.pow(Math.abs(x.at(row, k)), p);
      }
      assertThat(x.pNorm(p, 1).at(row)).isCloseTo(Math.pow(sum, 1 / p), within(1e-12));
    }
    assertThat(x.pNormKeep(p, 0).shape()).isEqualTo(Shape.of(1, 3));
    assertThat(x.pNorm(p).shape()).isEqualTo(Shape.SCALAR);
    assertThat(x.to(DType.F32).pNorm(p, 1).dtype()).isEqualTo(DType.F32);
  }

  @Test
  void theLimitsOfTheOrderAreExtremesAndACount() {
    Tensor x = Tensor.of(3.0, -4, 0, 1);
    assertThat(x.pNorm(INF).item()).isEqualTo(4);
    assertThat(x.pNorm(-INF).item()).isZero();
    assertThat(x.pNorm(0).item()).isEqualTo(3);
    assertThatThrownBy(() -> x.pNorm(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a norm needs an order of at least 0 or an infinity, got -1.0");
    assertThatThrownBy(() -> x.pNorm(Double.NaN))
        .hasMessage("a norm needs an order of at least 0 or an infinity, got NaN");
  }

  @Test
  void largeAndSmallNumbersKeepTheirNorm() {
    assertThat(Tensor.of(3e200, 4e200).pNorm(3).item())
        .isCloseTo(Math.cbrt(27 + 64) * 1e200, within(1e188));
    assertThat(Tensor.of(3e-200, 4e-200).pNorm(3).item() * 1e200)
        .isCloseTo(Math.cbrt(27 + 64), within(1e-12));
    assertThat(Tensor.of(0.0, 0).pNorm(3).item()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {.5, 1, 1.5, 2, 3, INF})
  void anInfiniteElementHasAnInfiniteNormAndNanIsNotHidden(double p) {
    assertThat(Tensor.of(1, INF, -INF).pNorm(p).item()).isEqualTo(INF);
    assertThat(Tensor.of(1, -INF).to(DType.F32).pNorm(p).item()).isEqualTo(INF);
    assertThat(Tensor.of(1, INF, Double.NaN).pNorm(p).item()).isNaN();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, .5, 1, 2, 3})
  void theNormOfNothingIsZero(double p) {
    assertThat(Tensor.zeros(2, 0).pNorm(p, 1).toDoubles()).containsExactly(0, 0);
    assertThat(Tensor.zeros(2, 0).pNorm(p, 0).shape()).isEqualTo(Shape.of(0));
    assertThat(Tensor.zeros(2, 0).pNormKeep(p).shape()).isEqualTo(Shape.of(1, 1));
    assertThat(Tensor.scalar(-2.0).pNorm(p).item()).isEqualTo(p == 0 ? 1 : 2);
    assertThatThrownBy(() -> Tensor.zeros(2, 3).pNorm(p, 1, -1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("axes of (2, 3) need to differ, got (1, -1)");
  }

  @Test
  void extremesOfNothingAreNoNorm() {
    assertThatThrownBy(() -> Tensor.zeros(2, 0).pNorm(INF, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("amax needs at least one element along axes [1], got (2, 0)");
    assertThatThrownBy(() -> Tensor.zeros(2, 0).pNorm(-INF, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessage("amin needs at least one element along axes [1], got (2, 0)");
  }

  @Test
  void whatNeedsFloatsOfOneTypeSaysSoByItsName() {
    Tensor whole = Tensor.ones(2, 2).to(DType.I32);
    Tensor x = Tensor.ones(2, 2);
    for (double p : new double[] {0, 1, 2, 3, INF, -INF}) {
      refused(() -> whole.pNorm(p), "pNorm needs F32 or F64, got I32");
    }
    refused(() -> whole.normalize(0), "normalize needs F32 or F64, got I32");
    refused(() -> whole.cdist(whole), "cdist needs F32 or F64, got I32");
    refused(() -> x.distance(whole, 0), "distance needs F32 or F64, got I32");
    refused(
        () -> x.cosineSimilarity(x.to(DType.F64), 0),
        "cosineSimilarity needs one dtype, got F32 and F64");
    refused(() -> x.cdist(x.to(DType.F64)), "cdist needs one dtype, got F32 and F64");
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(DTypeException.class).hasMessage(message);
  }

  @Test
  void directionsHaveLengthOneAndZeroStaysZero() {
    Tensor x = Tensor.of(new double[][] {{3, 4}, {0, 0}});
    assertThat(x.normalize(1).toDoubles())
        .containsExactly(new double[] {.6, .8, 0, 0}, within(1e-15));
    assertThat(x.normalize(1, 10).toDoubles())
        .containsExactly(new double[] {.3, .4, 0, 0}, within(1e-15));
    assertThatThrownBy(() -> x.normalize(1, 0))
        .hasMessage("normalize needs an eps above 0, got 0.0");
  }

  @Test
  void anglesAndDistancesBroadcast() {
    Tensor x = Tensor.of(new double[][] {{1, 0}, {1, 1}, {0, 0}});
    Tensor y = Tensor.of(0.0, 2);
    assertThat(x.cosineSimilarity(y, 1).toDoubles())
        .containsExactly(new double[] {0, Math.sqrt(.5), 0}, within(1e-15));
    assertThat(x.cosineSimilarity(y, 1, 4).toDoubles())
        .containsExactly(new double[] {0, 2 / 16.0, 0}, within(1e-15));
    assertThatThrownBy(() -> x.cosineSimilarity(y, 1, Double.NaN))
        .hasMessage("cosineSimilarity needs an eps above 0, got NaN");
    assertThat(x.distance(y, 1).toDoubles())
        .containsExactly(new double[] {Math.sqrt(5), Math.sqrt(2), 2}, within(1e-15));
  }

  @Test
  void allDistancesOfTwoSetsOfRows() {
    Tensor x = Tensor.of(Shape.of(2, 1, 2), 0.0, 0, 3, 4);
    Tensor y = Tensor.of(new double[][] {{0, 0}, {3, 0}, {1e-9, 0}});
    assertThat(x.cdist(y).shape()).isEqualTo(Shape.of(2, 1, 3));
    assertThat(x.cdist(y).get(0, 0).toDoubles()).containsExactly(0, 3, 1e-9);
    assertThat(x.cdist(Tensor.zeros(Shape.of(0, 2), DType.F64)).shape())
        .isEqualTo(Shape.of(2, 1, 0));
    assertThatThrownBy(() -> x.cdist(Tensor.zeros(2, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("cdist needs (…, n, d) and (…, m, d), got (2, 1, 2) and (2, 3)");
  }
}
