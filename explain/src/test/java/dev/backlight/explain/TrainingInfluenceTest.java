package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Of ridge regression, where retraining is a formula.
class TrainingInfluenceTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 12, 3);
  private static final Tensor Y = Nets.draw(2, DType.F64, 12);
  private static final Tensor TEST_X = Nets.draw(3, DType.F64, 2, 3);
  private static final Tensor TEST_Y = Nets.draw(4, DType.F64, 2);
  private static final double RIDGE = 0.1;

  private static Tensor trained(Tensor weights) {
    // The minimum of Σ weight ½ (x w − y)² / n + ½ ridge w².
    Tensor scaled = X.mul(weights.unsqueeze(1).expand(X.shape()));
    Tensor h = scaled.transpose().matmul(X).div(12).add(Tensor.eye(3, DType.F64).mul(RIDGE));
    return h.solve(scaled.transpose().matmul(Y.unsqueeze(1)).div(12)).squeeze(1);
  }

  private static Tensor loss(Tensor w, Tensor x, Tensor y) {
    return x.matmul(w.unsqueeze(1)).squeeze(1).sub(y).square().mean().mul(0.5);
  }

  private static TrainingInfluence<Tensor> influence() {
    return new TrainingInfluence<>(
        trained(Tensor.ones(12).to(DType.F64)), TrainingInfluenceTest::loss);
  }

  @Test
  void influenceIsWhatRetrainingWithMoreWeightDoes() {
    Tensor predicted = influence().influence(X, Y, TEST_X, TEST_Y, RIDGE);
    double h = 1e-5;
    for (int i = 0; i < 12; i++) {
      double[] more = new double[12];
      double[] less = new double[12];
      Arrays.fill(more, 1);
      Arrays.fill(less, 1);
      // A unit of weight in the mean is n of it in the sum.
      more[i] += 12 * h;
      less[i] -= 12 * h;
      for (int t = 0; t < 2; t++) {
        Tensor x = TEST_X.slice(0, t, t + 1);
        Tensor y = TEST_Y.slice(0, t, t + 1);
        double change =
            (loss(trained(Tensor.of(more)), x, y).item()
                    - loss(trained(Tensor.of(less)), x, y).item())
                / (2 * h);
        assertThat(predicted.at(t, i)).isCloseTo(change, within(1e-6));
      }
    }
  }

  @Test
  void conjugateGradientsComeToTheSame() {
    assertThat(
            influence()
                .influenceByConjugateGradients(X, Y, TEST_X, TEST_Y, RIDGE, 1e-12)
                .toDoubles())
        .containsExactly(
            influence().influence(X, Y, TEST_X, TEST_Y, RIDGE).toDoubles(), within(1e-9));
    assertThatThrownBy(
            () -> influence().influenceByConjugateGradients(X, Y, TEST_X, TEST_Y, -50, 1e-12))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageMatching(
            "conjugate gradients need positive curvature, got -\\d.*; more damping helps");
  }

  @Test
  void aStepOnAnExampleWithPositiveTracInLowersTheLoss() {
    Tensor w = Tensor.of(0.1, -0.2, 0.3);
    TrainingInfluence<Tensor> at = new TrainingInfluence<>(w, TrainingInfluenceTest::loss);
    Tensor all = at.tracIn(X, Y, TEST_X, TEST_Y);
    Tensor gradients = at.gradients(X, Y);
    double rate = 1e-6;
    for (int i = 0; i < 12; i++) {
      Tensor next = w.sub(gradients.slice(0, i, i + 1).squeeze(0).mul(rate));
      for (int t = 0; t < 2; t++) {
        Tensor x = TEST_X.slice(0, t, t + 1);
        Tensor y = TEST_Y.slice(0, t, t + 1);
        double drop = (loss(w, x, y).item() - loss(next, x, y).item()) / rate;
        assertThat(all.at(t, i)).isCloseTo(drop, within(1e-4));
      }
    }
  }

  @Test
  void inputsWithoutOutputsAreRefused() {
    assertThatThrownBy(() -> influence().gradients(X, TEST_Y))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "influence needs inputs (n, …) and as many outputs (n, …), got (12, 3) and (2)");
  }
}
