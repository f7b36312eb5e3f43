package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

class BaselineTest {
  private static final Tensor X = Tensor.of(new double[][] {{1, 2}, {3, 4}, {5, 9}});

  @Test
  void aBaselineHasTheShapeOfX() {
    assertThat(Baseline.zeros().like(X).toDoubles()).containsExactly(0, 0, 0, 0, 0, 0);
    assertThat(Baseline.constant(.5).like(X).toDoubles()).containsOnly(.5);
    assertThat(Baseline.of(Tensor.of(7., 8)).like(X).toDoubles()).containsExactly(7, 8, 7, 8, 7, 8);
    assertThat(Baseline.of(Tensor.of(new double[][] {{7, 8}})).like(X).shape())
        .isEqualTo(X.shape());
    assertThat(Baseline.of(X).like(X)).isSameAs(X);
    assertThat(Baseline.mean(X).like(X).toDoubles()).containsExactly(3, 5, 3, 5, 3, 5);
  }

  @Test
  void aBaselineSaysWhatItIs() {
    assertThat(Baseline.zeros()).hasToString("zeros");
    assertThat(Baseline.constant(.5)).hasToString("all 0.5");
    assertThat(Baseline.of(X)).hasToString("given");
    assertThat(Baseline.mean(X)).hasToString("mean of 3 examples");
  }

  @Test
  void aBaselineSaysWhatItNeeds() {
    assertThatThrownBy(() -> Baseline.of(Tensor.of(1., 2, 3)).like(X))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a baseline for x (3, 2) needs (2) or (3, 2), got (3)");
    assertThatThrownBy(() -> Baseline.of(Tensor.of(1f, 2)).like(X))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a baseline needs F64 like x, got F32");
    assertThatThrownBy(() -> Baseline.mean(Tensor.scalar(1.)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a mean baseline needs data (m, …) with m >= 1, got ()");
    assertThatThrownBy(() -> Baseline.mean(Tensor.of(1, 2)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a baseline needs F32 or F64, got I32");
  }
}
