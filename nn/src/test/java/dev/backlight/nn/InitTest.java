package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitTest {
  private static final Key KEY = Key.of(5);

  private static Tensor draw(Init init) {
    return init.draw(Shape.of(300, 200), 300, 200, DType.F64, KEY);
  }

  private static double variance(Tensor w) {
    return w.square().mean().item();
  }

  @Test
  void variancesAreThoseOfThePapers() {
    Map<Init, Double> want =
        Map.of(
            Init.GLOROT,
            2.0 / 500,
            Init.GLOROT_NORMAL,
            2.0 / 500,
            Init.HE,
            2.0 / 300,
            Init.HE_NORMAL,
            2.0 / 300,
            Init.LECUN,
            1.0 / 300,
            Init.LECUN_NORMAL,
            1.0 / 300,
            new VarianceScaling(3, VarianceScaling.Fan.OUT, false),
            3.0 / 200,
            new VarianceScaling(3, VarianceScaling.Fan.OUT, true),
            3.0 / 200);
    want.forEach((init, variance) -> {
      Tensor w = draw(init);
      assertThat(variance(w) / variance).as("%s", init).isCloseTo(1, within(0.02));
      assertThat(w.mean().item() / Math.sqrt(variance)).as("%s", init).isCloseTo(0, within(.02));
    });
  }

  @Test
  void aTruncatedNormalHasNothingBeyondTwoDeviationsAndTheMomentsOfTheCutDistribution() {
    Tensor w = draw(Init.truncatedNormal(0.5));
    assertThat(w.abs().amax().item()).isBetween(0.99, 1.0);
    // The variance is 1 − 4 φ(2) / (2 Φ(2) − 1), the fourth moment 3 − (4 · 2³ / 2 + 12) φ(2) /
    // (…).
    double phi = Math.exp(-2) / Math.sqrt(2 * Math.PI);
    double inside = 0.9544997361036416;
    double second = 1 - 4 * phi / inside;
    double fourth = 3 * second - 2 * 8 * phi / inside;
    assertThat(variance(w) / 0.25).isCloseTo(second, within(0.01));
    assertThat(w.square().square().mean().item() / 0.0625).isCloseTo(fourth, within(0.02));
    assertThat(draw(Init.normal(0.5)).abs().amax().item()).isGreaterThan(1.5);
    assertThat(variance(draw(Init.normal(0.5)))).isCloseTo(0.25, within(0.005));
    assertThat(variance(draw(Init.uniform(0.6)))).isCloseTo(0.12, within(0.002));
    assertThat(draw(Init.constant(7)).toDoubles()).containsOnly(7);
  }

  @Test
  void orthogonalWeightsKeepNorms() {
    for (Shape shape : new Shape[] {Shape.of(5, 9), Shape.of(9, 5), Shape.of(4, 2, 3, 3)}) {
      Tensor w = Init.orthogonal(2).draw(shape, 1, 1, DType.F64, KEY);
      assertThat(w.shape()).isEqualTo(shape);
      Tensor m = w.reshape(shape.size(0), shape.elements() / shape.size(0));
      Tensor few = m.size(0) < m.size(1) ? m : m.transpose();
      Tensor off = few.matmul(few.transpose()).sub(Tensor.eye(few.size(0), DType.F64).mul(4));
      assertThat(off.abs().amax().item()).isLessThan(1e-12);
    }
  }

  @Test
  void everyRotationIsEquallyLikely() {
    // Without the signs of R's diagonal the first element would always be negative.
    int positive = 0;
    for (int i = 0; i < 200; i++) {
      Tensor w = Init.ORTHOGONAL.draw(Shape.of(3, 3), 3, 3, DType.F64, KEY.fold(i));
      positive += w.at(0, 0) > 0 ? 1 : 0;
    }
    assertThat(positive).isBetween(70, 130);
  }

  @Test
  void anIdentityHandsItsInputOn() {
    Tensor x = KEY.normal(Shape.of(2, 3, 5, 5), DType.F32);
    Conv2d conv = Conv2d.of(3, 3, 3, Conv2dOptions.of().padding(1), Init.IDENTITY, DType.F32, KEY);
    assertThat(conv.apply(x).sameAs(x)).isTrue();
    Tensor row = Tensor.of(new float[][] {{1, 2, 3}});
    assertThat(Linear.of(3, 5, Init.IDENTITY, KEY).apply(row).toDoubles())
        .containsExactly(1, 2, 3, 0, 0);
    assertThat(Linear.of(3, 2, Init.IDENTITY, KEY).apply(row).toDoubles()).containsExactly(1, 2);
  }

  @Test
  void theSameKeyDrawsTheSameWeights() {
    for (Init init : new Init[] {Init.HE_NORMAL, Init.ORTHOGONAL, Init.normal(1), Init.LECUN}) {
      assertThat(draw(init).sameAs(draw(init))).isTrue();
      Tensor other = init.draw(Shape.of(300, 200), 300, 200, DType.F64, Key.of(6));
      assertThat(draw(init).sameAs(other)).isFalse();
    }
  }

  @Test
  void errorsSayWhatWasNeeded() {
    assertThatThrownBy(() -> Init.HE.draw(Shape.of(2), 0, 2, DType.F32, KEY))
        .hasMessage("a layer needs at least 1 input and 1 output, got 0 and 2");
    assertThatThrownBy(() -> Init.normal(Double.NaN))
        .hasMessage("weights need a finite deviation above 0, got NaN");
    assertThatThrownBy(() -> Init.uniform(0))
        .hasMessage("weights need a finite bound above 0, got 0.0");
    assertThatThrownBy(() -> Init.orthogonal(0))
        .hasMessage("weights need a finite gain other than 0, got 0.0");
    assertThatThrownBy(() -> new VarianceScaling(-1, VarianceScaling.Fan.IN, true))
        .hasMessage("weights need a finite scale above 0, got -1.0");
    assertThatThrownBy(() -> Init.ORTHOGONAL.draw(Shape.of(4), 4, 1, DType.F32, KEY))
        .hasMessage("orthogonal weights need at least 2 axes, none of size 0, got (4)");
    assertThatThrownBy(() -> Init.IDENTITY.draw(Shape.of(4), 4, 1, DType.F32, KEY))
        .hasMessage("an identity needs weights of at least 2 axes, got (4)");
  }
}
