package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ManyBaselinesTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Tensor ROWS = Nets.draw(2, DType.F64, 4, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::relu, true);

  @Test
  void scoresAreMeansAndAddUpToTheDifferenceFromTheMeanAnswer() {
    ManyBaselines method = ManyBaselines.of(IntegratedGradients::from, ROWS);
    Attribution a = method.explain(MLP, X, Target.at(2));
    Tensor mean = X.mul(0);
    for (int k = 0; k < 4; k++) {
      Baseline one = Baseline.of(ROWS.slice(0, k, k + 1));
      mean = mean.add(IntegratedGradients.from(one).explain(MLP, X, Target.at(2)).scores().div(4));
    }
    assertThat(a.scores().toDoubles()).containsExactly(mean.toDoubles(), within(1e-14));
    double there = MLP.apply(ROWS).slice(1, 2, 3).mean().item();
    assertThat(Objects.requireNonNull(a.baselineOutput()).toDoubles())
        .containsExactly(new double[] {there, there, there}, within(1e-14));
    assertThat(a.relativeResidual()).isLessThan(1e-6);
    assertThat(a.method()).isEqualTo("integrated-gradients-over-baselines");
    assertThat(a.parameters()).containsEntry("baseline", "each of 4");
    assertThat(a.completeness()).isEqualTo(Completeness.DIFFERENCE);
  }

  @Test
  void anyMethodThatHasABaselineWillDo() {
    ManyBaselines method = ManyBaselines.of(b -> ShapleySampling.from(b).pairs(3), ROWS);
    Attribution sampled = method.explain(MLP, X, Target.predicted());
    assertThat(sampled.relativeResidual()).isLessThan(1e-12);
    CompiledExplainer ready = method.compile(MLP, X, Target.predicted());
    assertThat(ready.explain(X).scores().sameAs(sampled.scores())).isTrue();
    Attribution shap = new DeepLiftShap(ROWS).explain(MLP, X, Target.at(1));
    assertThat(shap.completeness()).isEqualTo(Completeness.DIFFERENCE);
    assertThat(shap.relativeResidual()).isLessThan(1e-12);
  }

  @Test
  void thereIsABaseline() {
    assertThatThrownBy(() -> ManyBaselines.of(Occlusion::with, ROWS.slice(0, 0, 0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("many baselines need inputs (m, …) of floats with m >= 1, got F64(0, 5)");
  }
}
