package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttributionTest {
  private static final Tensor WEIGHT = Tensor.of(new double[][] {{3}, {-2}, {.5}});
  private static final Tensor X = Tensor.of(new double[][] {{1, 2, 4}, {0, -1, 2}});

  private static Attribution linear() {
    return IntegratedGradients.from(Baseline.of(Tensor.of(.5, 0, 0)))
        .with(Quadrature.midpoint(1))
        .explain(x -> x.matmul(WEIGHT).add(1), X, Target.only())
        .named(List.of("age", "income", "size"));
  }

  @Test
  void itPrintsARankingWithWhatIsExplainedAndWhatIsNot() {
    assertThat(linear().of(0))
        .hasToString(
            """
            integrated-gradients of the output, baseline given, quadrature midpoint 1, 3 evaluations
            f(x) = 2, f(baseline) = 2.5, residual = 0
              -4.000  income = 2
              +2.000  size   = 4
              +1.500  age    = 1
            """);
  }

  @Test
  void manyExamplesAndFeaturesAreSummarised() {
    Tensor x = Tensor.arange(60, DType.F64).reshape(5, 12);
    Attribution a = new GradientTimesInput().explain(t -> t.sum(1), x, Target.only());
    assertThat(a.toString().lines())
        .contains(
            "example 0: f(x) = 66, unexplained = 0", "  +11.00  [11] = 11", "  +1.00  in 2 more")
        .endsWith("and 2 more examples");
  }

  @Test
  void theResidualIsWhatScoresLeaveUnexplained() {
    Tensor x = Tensor.of(new double[][] {{2, 1}, {0, 3}});
    Attribution a = new GradientTimesInput().explain(t -> t.square().sum(1), x, Target.only());
    // f = Σ x² and the tangent gives Σ 2 x².
    assertThat(a.explained().toDoubles()).containsExactly(5, 9);
    assertThat(a.residual().toDoubles()).containsExactly(-5, -9);
    assertThat(a.relativeResidual()).isEqualTo(1);
  }

  @Test
  void aRankingIsByTheSizeOfScoresAndKeepsTiesInOrder() {
    Tensor x = Tensor.of(new double[][] {{1, -3, 1, 3}});
    Attribution a = new GradientTimesInput().explain(t -> t.sum(1), x, Target.only());
    assertThat(a.ranking(0).stream().map(Attribution.Ranked::feature)).containsExactly(1, 3, 0, 2);
    assertThat(a.ranking(0).getFirst())
        .isEqualTo(new Attribution.Ranked(1, "[1]", -3, -3, Double.NaN));
    assertThat(a.of(0).feature(2)).isEqualTo("[2]");
  }

  @Test
  void oneExampleAloneHasItsOwnTarget() {
    Tensor x = Nets.draw(1, DType.F64, 3, 5);
    var mlp = Nets.mlp(2, DType.F64, Tensor::tanh, true);
    Attribution all =
        IntegratedGradients.from(Baseline.zeros()).explain(mlp, x, Target.predicted());
    Attribution second = all.of(1);
    assertThat(second.examples()).isEqualTo(1);
    assertThat(second.target().scalars(mlp.apply(second.x())).item())
        .isCloseTo(second.output().item(), within(1e-12));
    assertThat(second.residual().item()).isEqualTo(all.residual().toDoubles()[1]);
  }

  @Test
  void itIsWrittenAsJson() throws FormatException {
    Map<?, ?> json = (Map<?, ?>) Json.parse(linear().seeded(7).json());
    assertThat(json.get("method")).isEqualTo("integrated-gradients");
    assertThat(json.get("parameters"))
        .isEqualTo(Map.of("baseline", "given", "quadrature", "midpoint 1"));
    assertThat(json.get("target")).isEqualTo("the output");
    assertThat(json.get("completeness")).isEqualTo("f(x) - f(baseline)");
    assertThat(json.get("seed")).isEqualTo(7L);
    assertThat(json.get("features")).isEqualTo(List.of("age", "income", "size"));
    assertThat(((Map<?, ?>) json.get("scores")).get("shape")).isEqualTo(List.of(2L, 3L));
    assertThat(((Map<?, ?>) json.get("output")).get("data")).isEqualTo(List.of(2.0, 4.0));
    assertThat((List<?>) ((Map<?, ?>) json.get("residual")).get("data")).hasSize(2);
  }

  @Test
  void scoresThatAreNotFiniteAreNullInJson() throws FormatException {
    Attribution a =
        new Saliency()
            .explain(t -> t.sum(1), Tensor.of(new double[][] {{Double.NaN, 1}}), Target.only());
    Map<?, ?> json = (Map<?, ?>) Json.parse(a.json());
    assertThat(((List<?>) ((Map<?, ?>) json.get("output")).get("data")).getFirst()).isNull();
    assertThat(a.relativeResidual()).isNaN();
  }

  @Test
  void itSaysWhatItNeeds() {
    Attribution a = linear();
    assertThatThrownBy(() -> a.named(List.of("age")))
        .hasMessage("an attribution of 3 features needs as many names, got 1");
    assertThatThrownBy(() -> a.of(2))
        .hasMessage("an attribution of 2 examples has examples 0..1, got 2");
    assertThatThrownBy(
            () -> Attribution.of(new Saliency(), X, Target.only(), X.slice(1, 0, 2), a.output()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an attribution needs scores F64(2, 3) like x, got F64(2, 2)");
    assertThatThrownBy(
            () -> Attribution.of(new Saliency(), X, Target.only(), X, Tensor.of(1., 2, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an attribution needs one output for every example, (2), got (3)");
  }

  @Test
  void aSpreadSaysHowSureAScoreIs() {
    Attribution plain = linear();
    assertThat(plain.spread()).isNull();
    assertThat(plain.json()).doesNotContain("spread");
    Attribution sure = plain.spread(Tensor.of(new double[][] {{.25, 1, 2}, {0, 0, 0}}));
    assertThat(sure.toString()).contains("+1.500 ±0.250  age");
    assertThat(sure.of(1).ranking(0).getFirst().spread()).isZero();
    assertThat(sure.seeded(3).named(List.of()).spread()).isSameAs(sure.spread());
    assertThat(sure.json()).contains("\"spread\"");
    assertThatThrownBy(() -> plain.spread(Tensor.of(1., 2)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an attribution needs a spread like x (2, 3), got (2)");
  }
}
