package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CurveTest {
  private static final Function<Tensor, Tensor> SUM = t -> t.sum(1);
  private static final DeletionCurve DELETION = DeletionCurve.to(Baseline.zeros());
  private static final InsertionCurve INSERTION = InsertionCurve.on(Baseline.zeros());

  @Test
  void theHighestScoresGoFirst() {
    Tensor x = Tensor.of(new double[][] {{1, 4, -2, 2}});
    Attribution a = new GradientTimesInput().explain(SUM, x, Target.only());
    Curve down = DELETION.of(SUM, a);
    assertThat(down.fractions().toDoubles()).containsExactly(0, .25, .5, .75, 1);
    assertThat(down.values().toDoubles()).containsExactly(5, 1, -1, -2, 0);
    assertThat(down.areas()).containsExactly(new double[] {.125}, within(1e-15));
    Curve up = INSERTION.of(SUM, a);
    assertThat(up.values().toDoubles()).containsExactly(0, 4, 6, 7, 5);
    assertThat(up.area()).isCloseTo(.25 * (2 + 5 + 6.5 + 6), within(1e-15));
    assertThat(up).hasToString("insertion by gradient-x-input: mean area 4.875 over 1 example");
  }

  @Test
  void aStepMayTakeSeveralFeaturesAndTheLastTakesTheRest() {
    Tensor x = Tensor.of(new double[][] {{1, 4, 8, 2, 16}, {1, 1, 1, 1, 1}});
    Attribution a = new GradientTimesInput().explain(SUM, x, Target.only());
    Curve curve = DELETION.step(2).of(SUM, a);
    assertThat(curve.fractions().toDoubles()).containsExactly(0, .4, .8, 1);
    assertThat(curve.values().toDoubles()).containsExactly(31, 7, 1, 0, 5, 3, 1, 0);
    assertThat(curve.mean()).containsExactly(18, 5, 1, 0);
  }

  @Test
  void theExactExplanationOfAnAdditiveModelIsBestAndARandomOneIsWorse() {
    Function<Tensor, Tensor> additive = t -> t.sin().add(t.square().mul(.3)).sum(1);
    Tensor x = Nets.draw(5, DType.F64, 20, 12);
    Attribution exact =
        IntegratedGradients.from(Baseline.zeros()).explain(additive, x, Target.only());
    double best = DELETION.of(additive, exact).area();
    double high = INSERTION.of(additive, exact).area();
    for (int seed = 0; seed < 10; seed++) {
      Attribution random = new RandomAttribution(seed).explain(additive, x, Target.only());
      Curve down = DELETION.of(additive, random);
      Curve up = INSERTION.of(additive, random);
      // No order beats the exact one for any example.
      double[] exactDown = DELETION.of(additive, exact).areas();
      for (int i = 0; i < 20; i++) {
        assertThat(down.areas()[i]).isGreaterThanOrEqualTo(exactDown[i] - 1e-12);
      }
      assertThat(down.area()).isGreaterThan(best + .5);
      assertThat(up.area()).isLessThan(high - .5);
    }
  }

  @Test
  void randomScoresDependOnTheSeedAndTheExampleAlone() {
    Tensor x = Nets.draw(6, DType.F64, 4, 7);
    Attribution all = new RandomAttribution(3).explain(SUM, x, Target.only());
    Attribution third = new RandomAttribution(3).explain(SUM, x.slice(0, 2, 3), Target.only());
    assertThat(third.scores().sameAs(all.scores().slice(0, 2, 3))).isTrue();
    assertThat(all.seed()).isEqualTo(3L);
    assertThat(all.scores().slice(0, 0, 1).sameAs(all.scores().slice(0, 1, 2))).isFalse();
    assertThat(
            new RandomAttribution(4).explain(SUM, x, Target.only()).scores().sameAs(all.scores()))
        .isFalse();
  }

  @Test
  void aStepHasAFeature() {
    assertThatThrownBy(() -> DELETION.step(0)).hasMessage("a step needs at least 1 feature, got 0");
    assertThatThrownBy(() -> INSERTION.step(-1))
        .hasMessage("a step needs at least 1 feature, got -1");
  }
}
