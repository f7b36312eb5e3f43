package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.RandomAttribution;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The exact explanation of an additive model scores perfectly, and draws do not.
class QualityTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(4, 12), DType.F64);
  private static final Tensor W = Key.of(2).normal(Shape.of(12, 1), DType.F64);
  private static final Function<Tensor, Tensor> LINEAR = x -> x.matmul(W);
  private static final Attribution SLOPES = new Saliency().explain(LINEAR, X, Target.only());
  private static final Attribution SHARES =
      new GradientTimesInput().explain(LINEAR, X, Target.only());
  private static final Attribution DRAWS =
      new RandomAttribution(3).explain(LINEAR, X, Target.only());
  private static final List<Tensor> NOISE =
      IntStream.range(0, 30)
          .mapToObj(k -> Key.of(9).fold(k).normal(X.shape(), DType.F64).mul(.3))
          .toList();

  private static Attribution given(double... scores) {
    Tensor x = Tensor.of(new double[][] {new double[scores.length]});
    return Attribution.of(
        new Saliency(),
        x,
        Target.only(),
        Tensor.of(new double[][] {scores}),
        Tensor.of(new double[1]));
  }

  @Test
  void infidelityOfSlopesOfALinearModelIsNothing() {
    for (double value : Faithfulness.infidelity(LINEAR, SLOPES, NOISE, false)) {
      assertThat(value).isLessThan(1e-20);
    }
    Attribution doubled =
        Attribution.of(new Saliency(), X, Target.only(), SLOPES.scores().mul(2), SLOPES.output());
    double[] plain = Faithfulness.infidelity(LINEAR, doubled, NOISE, false);
    double[] scaled = Faithfulness.infidelity(LINEAR, doubled, NOISE, true);
    double[] random = Faithfulness.infidelity(LINEAR, DRAWS, NOISE, true);
    for (int i = 0; i < 4; i++) {
      assertThat(plain[i]).isGreaterThan(1e-3);
      assertThat(scaled[i]).isLessThan(1e-20);
      assertThat(random[i]).isGreaterThan(1e-2);
    }
  }

  @Test
  void theEstimateOfSharesOfALinearModelIsOne() {
    for (int step : new int[] {1, 3, 5}) {
      assertThat(Faithfulness.estimate(LINEAR, SHARES, Baseline.zeros(), step))
          .containsExactly(new double[] {1, 1, 1, 1}, within(1e-9));
    }
    double[] random = Faithfulness.estimate(LINEAR, DRAWS, Baseline.zeros(), 1);
    for (double value : random) {
      assertThat(value).isLessThan(0.9);
    }
  }

  @Test
  void explanationsOfALinearModelDoNotMove() {
    Function<Tensor, Attribution> slopes = x -> new Saliency().explain(LINEAR, x, Target.only());
    assertThat(Stability.maxSensitivity(slopes, X, NOISE)).containsExactly(0, 0, 0, 0);
    Function<Tensor, Attribution> draws =
        x -> new RandomAttribution(1).explain(LINEAR, x, Target.only());
    double[] most = Stability.maxSensitivity(draws, X, NOISE);
    double[] mean = Stability.meanSensitivity(draws, X, NOISE);
    for (int i = 0; i < 4; i++) {
      assertThat(most[i]).isGreaterThan(mean[i]);
      assertThat(mean[i]).isGreaterThan(0.5);
    }
  }

  @Test
  void fewFeaturesAreSparseAndSimple() {
    assertThat(Complexity.sparseness(given(0, 0, -3, 0))).containsExactly(0.75);
    assertThat(Complexity.sparseness(given(2, -2, 2, 2))[0]).isCloseTo(0, within(1e-15));
    assertThat(Complexity.entropy(given(0, 0, -3, 0))).containsExactly(0);
    assertThat(Complexity.entropy(given(2, -2, 2, 2))[0]).isCloseTo(Math.log(4), within(1e-15));
    assertThat(Complexity.entropy(given(0, 0))).containsExactly(Double.NaN);
  }

  @Test
  void scoresInsideOfAMaskAreLocalised() {
    Tensor mask = Tensor.of(new double[][] {{1, 1, 0, 0, 0}});
    assertThat(Localisation.of(given(5, 3, 1, -2, 0), mask)[0])
        .isEqualTo(new Localisation(8.0 / 9, 1, 1, 1));
    assertThat(Localisation.of(given(0, 0, 4, 3, 0), mask)[0])
        .isEqualTo(new Localisation(0, 0, 0, 1.0 / 6));
    assertThat(Localisation.of(given(1, 1, 1, 1, 1), mask)[0].roc()).isEqualTo(0.5);
    assertThatThrownBy(() -> Localisation.of(given(1, 2), mask))
        .isInstanceOf(ShapeException.class)
        .hasMessage("localisation needs a mask like x (1, 2), got (1, 5)");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> Faithfulness.infidelity(LINEAR, SLOPES, List.of(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("infidelity needs perturbations, got none");
    assertThatThrownBy(() -> Faithfulness.infidelity(LINEAR, SLOPES, List.of(W), false))
        .isInstanceOf(ShapeException.class)
        .hasMessage("infidelity needs perturbations like x (4, 12), got (12, 1)");
    assertThatThrownBy(() -> Faithfulness.estimate(LINEAR, SHARES, Baseline.zeros(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a step needs at least 1 feature, got 0");
  }
}
