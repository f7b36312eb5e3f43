package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class IntegratedGradientsTest {
  private static final IntegratedGradients FROM_ZEROS = IntegratedGradients.from(Baseline.zeros());

  @Test
  void aProductSharesItsValueByTheIntegralInClosedForm() {
    // f = x0² x1 along α (2, 3): the first factor earns 2/3 of 12, the second 1/3.
    Tensor x = Tensor.of(new double[][] {{2, 3}});
    Attribution a =
        FROM_ZEROS.explain(t -> t.slice(1, 0, 1).square().mul(t.slice(1, 1, 2)), x, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(new double[] {8, 4}, within(1e-12));
    assertThat(a.output().item()).isEqualTo(12);
    assertThat(a.residual().toDoubles()[0]).isCloseTo(0, within(1e-12));
  }

  @Test
  void smoothModelsNeedOnlyTheFirstRule() {
    Tensor x = Nets.draw(90, DType.F64, 3, 5);
    Attribution a = FROM_ZEROS.explain(t -> t.mul(.3).sin().sum(1), x, Target.only());
    assertThat(a.evaluations()).isEqualTo(2 + 16);
    assertThat(a.relativeResidual()).isLessThan(1e-12);
  }

  @Test
  void kinksAreClosedInUponUntilTheResidualIsSmall() {
    Tensor x = Nets.draw(91, DType.F64, 4, 5);
    Tensor b = Nets.draw(92, DType.F64, 5);
    Function<Tensor, Tensor> relu = Nets.mlp(10, DType.F64, Tensor::relu, true);
    Attribution a = IntegratedGradients.from(Baseline.of(b)).explain(relu, x, Target.at(1));
    assertThat(a.relativeResidual()).isLessThan(1e-6);
    Attribution fixed =
        IntegratedGradients.from(Baseline.of(b))
            .with(Quadrature.gaussLegendre(50))
            .explain(relu, x, Target.at(1));
    assertThat(fixed.relativeResidual()).isGreaterThan(1e-4);
    assertThat(fixed.evaluations()).isEqualTo(52);
  }

  @Test
  void theScoresOfEachFeatureConvergeAndNotOnlyTheirSum() {
    Tensor x = Nets.draw(93, DType.F64, 2, 5);
    Function<Tensor, Tensor> relu = Nets.mlp(20, DType.F64, Tensor::relu, true);
    Attribution adaptive =
        FROM_ZEROS.with(Quadrature.adaptive(1e-12)).explain(relu, x, Target.at(0));
    double[] fine =
        FROM_ZEROS
            .with(Quadrature.midpoint(200_000))
            .explain(relu, x, Target.at(0))
            .scores()
            .toDoubles();
    // The first example has two kinks close together that nearly cancel in the sum of the scores.
    assertThat(adaptive.scores().toDoubles()).containsExactly(fine, within(1e-4));
    assertThat(adaptive.relativeResidual()).isLessThan(1e-12);
    assertThat(adaptive.evaluations()).isLessThan(200);
  }

  @Test
  void imagesThroughPoolingAreCompleteInBothPrecisions() {
    for (DType dtype : new DType[] {DType.F64, DType.F32}) {
      Tensor x = Nets.draw(94, dtype, 3, 1, 6, 6);
      Attribution a = FROM_ZEROS.explain(Nets.cnn(30, dtype, true), x, Target.each(0, 2, 1));
      assertThat(a.relativeResidual()).isLessThan(dtype == DType.F64 ? 1e-6 : 1e-4);
    }
  }

  @Test
  void itStopsWhenToldAndSaysWhatIsLeft() {
    Tensor x = Nets.draw(95, DType.F64, 1, 1, 6, 6);
    Attribution a =
        FROM_ZEROS
            .with(Quadrature.adaptive(1e-12).atMost(60))
            .explain(Nets.cnn(30, DType.F64, true), x, Target.at(0));
    assertThat(a.evaluations()).isLessThan(90);
    assertThat(a.relativeResidual()).isGreaterThan(1e-12);
  }

  @Test
  void withoutTheFactorItIsTheMeanGradient() {
    Tensor x = Tensor.of(new double[][] {{2, 3}});
    Attribution a = FROM_ZEROS.local().explain(t -> t.square().sum(1), x, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(new double[] {2, 3}, within(1e-12));
    assertThat(a.completeness()).isEqualTo(Completeness.NONE);
  }

  @Test
  void blocksOfNodesGiveWhatSingleNodesGive() {
    Tensor x = Nets.draw(96, DType.F64, 3, 5);
    Function<Tensor, Tensor> tanh = Nets.mlp(40, DType.F64, Tensor::tanh, true);
    double[] together =
        FROM_ZEROS
            .with(Quadrature.gaussLegendre(50))
            .explain(tanh, x, Target.predicted())
            .scores()
            .toDoubles();
    Quadrature.Fixed rule = Quadrature.gaussLegendre(50);
    double[] alone = new double[15];
    for (int k = 0; k < 50; k++) {
      Tensor there = x.mul(rule.nodes()[k]);
      Target target = Target.predicted().decided(() -> tanh.apply(x));
      double[] g = new Saliency().explain(tanh, there, target).scores().toDoubles();
      for (int i = 0; i < 15; i++) {
        alone[i] += rule.weights()[k] * g[i] * x.toDoubles()[i];
      }
    }
    assertThat(together).containsExactly(alone, within(1e-13));
  }

  @Test
  void insideARecordingAnAdaptiveQuadratureIsRefused() {
    Tensor x = Nets.draw(97, DType.F64, 2, 5);
    assertThatThrownBy(() -> Tape.record(t -> FROM_ZEROS.scores(Tensor::tanh, t, Target.at(0)), x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "an adaptive quadrature reads values, which a recording may not; give a fixed one, as"
                + " Quadrature.gaussLegendre(32)");
    assertThatThrownBy(() ->
            Tape.record(
                w -> FROM_ZEROS.scores(t -> t.mul(w).tanh(), x, Target.at(0)), Tensor.scalar(2.)))
        .isInstanceOf(IllegalStateException.class);
  }
}
