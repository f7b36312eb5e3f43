package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExpectedGradientsTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Tensor DATA = Nets.draw(2, DType.F64, 20, 5);

  @Test
  void aLinearModelIsExplainedAgainstTheMeanOfTheDrawnBaselines() {
    Tensor w = Nets.draw(3, DType.F64, 5, 2);
    ExpectedGradients method = ExpectedGradients.from(DATA, 30, 4);
    Tensor mean = Tensor.zeros(1, 5).to(DType.F64);
    for (ExpectedGradients.Point point : method.points()) {
      mean = mean.add(point.baseline().div(30));
    }
    assertThat(method.explain(x -> x.matmul(w), X, Target.at(1)).scores().toDoubles())
        .containsExactly(X.sub(mean).mul(w.slice(1, 1, 2).reshape(5)).toDoubles(), within(1e-12));
  }

  @Test
  void manyDrawsAddUpToTheDifferenceFromTheMeanAnswer() {
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::tanh, true);
    double[] sums =
        ExpectedGradients.from(DATA, 4000, 5)
            .explain(mlp, X, Target.at(1))
            .scores()
            .sum(1)
            .toDoubles();
    double mean = mlp.apply(DATA).slice(1, 1, 2).mean().item();
    double[] here = mlp.apply(X).slice(1, 1, 2).toDoubles();
    for (int i = 0; i < 3; i++) {
      assertThat(sums[i]).isCloseTo(here[i] - mean, within(0.3));
    }
  }

  @Test
  void oneBaselineAndNodesOfARuleAreIntegratedGradients() {
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::tanh, true);
    Tensor base = Nets.draw(7, DType.F64, 1, 5);
    List<ExpectedGradients.Point> points =
        IntStream.range(0, 50)
            .mapToObj(k -> new ExpectedGradients.Point(base, Tensor.scalar((k + .5) / 50)))
            .toList();
    assertThat(
            new ExpectedGradients(points, Map.of())
                .explain(mlp, X, Target.at(0))
                .scores()
                .toDoubles())
        .containsExactly(
            IntegratedGradients.from(Baseline.of(base))
                .with(Quadrature.midpoint(50))
                .explain(mlp, X, Target.at(0))
                .scores()
                .toDoubles(),
            within(1e-12));
  }

  @Test
  void theyHaveGradients() {
    ExpectedGradients method = ExpectedGradients.from(DATA, 3, 1);
    GradCheck.standard()
        .check(
            (Tensor weight) ->
                method.scores(x -> x.matmul(weight).sigmoid(), X, Target.at(0)).square().sum(),
            Nets.draw(3, DType.F64, 5, 4));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> ExpectedGradients.from(DATA, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected-gradients needs draws of at least 1, got none");
    assertThatThrownBy(() -> ExpectedGradients.from(DATA.slice(0, 0, 0), 3, 1))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "expected-gradients needs baselines (m, …) of floats with m >= 1, got F64(0, 5)");
    assertThatThrownBy(() ->
            ExpectedGradients.from(Nets.draw(1, DType.F64, 4, 6), 3, 1)
                .explain(Tensor::tanh, X, Target.at(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("expected-gradients needs baselines like x (3, 5), got (1, 6)");
  }
}
