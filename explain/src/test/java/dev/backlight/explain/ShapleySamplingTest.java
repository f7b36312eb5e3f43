package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ShapleySamplingTest {
  private static final Tensor X = Nets.draw(8, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(7, DType.F64, Tensor::relu, true);
  private static final ShapleySampling SAMPLING = ShapleySampling.from(Baseline.zeros());

  private static Tensor exact() {
    return ShapleyValues.from(Baseline.zeros()).scores(MLP, X, Target.at(1));
  }

  @Test
  void estimatesLieWithinTheirStandardErrors() {
    ShapleySampling.Estimate e = SAMPLING.pairs(400).seed(5).estimate(MLP, X, Target.at(1));
    double[] off = e.attribution().scores().sub(exact()).toDoubles();
    double[] errors = e.standardErrors().toDoubles();
    double squares = 0;
    for (int i = 0; i < off.length; i++) {
      assertThat(Math.abs(off[i])).isLessThan(4 * errors[i] + 1e-12);
      squares += off[i] * off[i] / (errors[i] * errors[i]) / off.length;
    }
    // Neither boasting nor modest: the mean squared error in units of the standard error is near 1.
    assertThat(squares).isBetween(0.25, 2.5);
    assertThat(e.pairs()).containsExactly(400, 400, 400);
    assertThat(e.attribution().evaluations()).isEqualTo(2 + 400 * 8);
  }

  @Test
  void valuesAddUpHoweverFewTheOrders() {
    Attribution a = SAMPLING.pairs(1).explain(MLP, X, Target.predicted());
    assertThat(a.relativeResidual()).isLessThan(1e-12);
  }

  @Test
  void aPairOfOrdersIsExactForPairsOfInputs() {
    Tensor x = Tensor.of(new double[][] {{2, 3, 4}});
    Function<Tensor, Tensor> quadratic =
        t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2)).add(t.slice(1, 1, 2).mul(t.slice(1, 2, 3)));
    ShapleySampling.Estimate e = SAMPLING.pairs(2).estimate(quadratic, x, Target.only());
    assertThat(e.attribution().scores().toDoubles())
        .containsExactly(new double[] {3, 9, 6}, within(1e-13));
    assertThat(e.standardErrors().toDoubles())
        .containsExactly(new double[] {0, 0, 0}, within(1e-13));
  }

  @Test
  void itStopsWhereTheStandardErrorIsSmallEnoughForEachExample() {
    ShapleySampling.Estimate all =
        SAMPLING.pairs(5000).until(0.02).estimate(MLP, X, Target.each(2, 0, 1));
    assertThat(all.standardErrors().amax().item()).isLessThanOrEqualTo(0.02).isPositive();
    assertThat(all.pairs()).allSatisfy(pairs -> assertThat(pairs).isBetween(8, 4999));
    ShapleySampling.Estimate coarse =
        SAMPLING.pairs(5000).until(0.08).estimate(MLP, X, Target.each(2, 0, 1));
    assertThat(coarse.attribution().evaluations()).isLessThan(all.attribution().evaluations());
    ShapleySampling.Estimate alone =
        SAMPLING.pairs(5000).until(0.02).estimate(MLP, X.slice(0, 1, 2), Target.at(0));
    assertThat(alone.pairs()).containsExactly(all.pairs().get(1));
  }

  @Test
  void theSameSeedGivesTheSameBitsAndAnotherOthers() {
    Tensor scores = SAMPLING.seed(3).explain(MLP, X, Target.at(0)).scores();
    assertThat(SAMPLING.seed(3).explain(MLP, X, Target.at(0)).scores().sameAs(scores)).isTrue();
    assertThat(SAMPLING.seed(4).explain(MLP, X, Target.at(0)).scores().sameAs(scores)).isFalse();
  }

  @Test
  void oneRegionGetsAllAndIsAskedNothing() {
    Attribution a = SAMPLING.of(Regions.groups(1, 1, 1, 1, 1)).explain(MLP, X, Target.at(0));
    assertThat(a.evaluations()).isEqualTo(2);
    assertThat(a.scores().slice(1, 0, 1).reshape(3).toDoubles())
        .containsExactly(a.explained().toDoubles(), within(1e-14));
  }

  @Test
  void anyFunctionOfValuesWillDoAndProgressIsTold() {
    List<Long> told = new ArrayList<>();
    Function<Tensor, Tensor> closed = t -> Tensor.of(t.sum(1).toDoubles());
    Attribution a = SAMPLING.telling((done, _) -> told.add(done)).explain(closed, X, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(X.toDoubles(), within(1e-12));
    assertThat(told).last().isEqualTo(100L * 8);
  }

  @Test
  void regionsMustHoldEveryElementOnce() {
    assertThatThrownBy(() ->
            SAMPLING.of(Regions.windows(List.of(2), List.of(1))).explain(MLP, X, Target.at(0)))
        .hasMessage(
            "shapley-sampling needs regions that hold every element once, got element 1 in 2 of"
                + " them");
    assertThatThrownBy(() -> SAMPLING.of(_ -> List.of(new int[] {9})).explain(MLP, X, Target.at(0)))
        .hasMessage("shapley-sampling needs regions of elements 0..4, got 9");
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> SAMPLING.pairs(0))
        .hasMessage("shapley-sampling needs pairs of at least 1, got 0");
    assertThatThrownBy(() -> SAMPLING.until(Double.NaN))
        .hasMessage("shapley-sampling needs a finite standard error of at least 0, got NaN");
  }
}
