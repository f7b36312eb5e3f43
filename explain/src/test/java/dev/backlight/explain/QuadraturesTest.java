package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every quadrature from every kind of baseline, along every path.
class QuadraturesTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Tensor ROWS = Nets.draw(2, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(3, DType.F64, Tensor::tanh, true);
  private static final Target TARGET = Target.each(2, 0, 1);

  /// Each with how near it comes here.
  private static Map<Quadrature, Double> rules() {
    Map<Quadrature, Double> all = new LinkedHashMap<>();
    all.put(Quadrature.adaptive(), 1e-6);
    all.put(Quadrature.adaptive(1e-10), 1e-10);
    all.put(Quadrature.gaussLegendre(64), 1e-9);
    all.put(Quadrature.trapezoid(400), 1e-2);
    all.put(Quadrature.midpoint(400), 1e-2);
    all.put(Quadrature.left(400), 1e-1);
    all.put(Quadrature.right(400), 1e-1);
    return all;
  }

  private static List<Baseline> baselines() {
    return List.of(
        Baseline.zeros(),
        Baseline.constant(.4),
        Baseline.of(ROWS.slice(0, 0, 1)),
        Baseline.of(ROWS),
        Baseline.mean(ROWS));
  }

  private static double off(Tensor sums, Tensor difference) {
    return sums.sub(difference).abs().div(difference.abs().add(1)).amax().item();
  }

  private static Tensor difference(Function<Tensor, Tensor> model, Baseline baseline) {
    return TARGET.scalars(model.apply(X)).sub(TARGET.scalars(model.apply(baseline.like(X))));
  }

  @TestFactory
  Stream<DynamicTest> allAddUpFromEveryBaseline() {
    return rules().entrySet().stream()
        .map(rule ->
            DynamicTest.dynamicTest(
                rule.getKey().toString(),
                () -> {
                  for (Baseline baseline : baselines()) {
                    Tensor wanted = difference(MLP, baseline);
                    Quadrature q = rule.getKey();
                    Tensor input =
                        IntegratedGradients.from(baseline).with(q).explain(MLP, X, TARGET).scores();
                    assertThat(off(input.sum(1), wanted)).isLessThan(rule.getValue());
                    for (String layer : List.of("pre1", "hidden1", "hidden2")) {
                      Tensor inside =
                          new LayerIntegratedGradients(baseline, q, layer).scores(MLP, X, TARGET);
                      assertThat(off(inside.sum(1), wanted)).isLessThan(rule.getValue());
                    }
                    NodeContributions nodes =
                        Conductance.from(baseline).with(q).contributions(MLP, X, TARGET);
                    assertThat(
                            nodes
                                .layer("hidden1")
                                .orElseThrow()
                                .sums()
                                .sub(wanted)
                                .abs()
                                .amax()
                                .item())
                        .isLessThan(5 * rule.getValue());
                  }
                  Attribution many =
                      ManyBaselines.of(b -> IntegratedGradients.from(b).with(rule.getKey()), ROWS)
                          .explain(MLP, X, TARGET);
                  assertThat(many.residual().abs().amax().item()).isLessThan(2 * rule.getValue());
                }));
  }

  @TestFactory
  Stream<DynamicTest> everyPathAddsUpFromEveryBaseline() {
    return baselines().stream()
        .map(baseline ->
            DynamicTest.dynamicTest(
                baseline.toString(),
                () -> {
                  for (double slack : new double[] {0, .3, 1}) {
                    GuidedIntegratedGradients guided =
                        GuidedIntegratedGradients.from(baseline).slack(slack);
                    assertThat(guided.explain(MLP, X, TARGET).residual().abs().amax().item())
                        .isLessThan(1e-2);
                  }
                }));
  }

  @Test
  void manyBaselinesMayBeginGuidedWaysAndABlurNeedsNone() {
    Attribution many =
        ManyBaselines.of(GuidedIntegratedGradients::from, ROWS).explain(MLP, X, TARGET);
    assertThat(many.residual().abs().amax().item()).isLessThan(1e-2);
    Attribution blur = BlurIntegratedGradients.from(3).steps(400).explain(MLP, X, TARGET);
    assertThat(blur.residual().abs().amax().item()).isLessThan(1e-2);
  }

  @Test
  void alongALayerTheAdaptiveOneFindsKinksAndSeesXBesideIt() {
    Function<Tensor, Tensor> relu = Nets.mlp(5, DType.F64, Tensor::relu, true);
    Function<Tensor, Tensor> beside = x -> relu.apply(x).add(x.slice(1, 0, 3).square());
    LayerIntegratedGradients adaptive =
        new LayerIntegratedGradients(Baseline.constant(-1), Quadrature.adaptive(1e-9), "pre1");
    LayerIntegratedGradients fine =
        new LayerIntegratedGradients(Baseline.constant(-1), Quadrature.midpoint(20_000), "pre1");
    double[] wanted = fine.scores(beside, X, Target.predicted()).toDoubles();
    assertThat(adaptive.scores(beside, X, Target.predicted()).toDoubles())
        .containsExactly(wanted, within(1e-3));
    assertThatThrownBy(() -> Tape.record(x -> adaptive.scores(beside, x, Target.at(0)), X))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "an adaptive quadrature reads values, which a recording may not; give a fixed one, as"
                + " Quadrature.gaussLegendre(32)");
  }
}
