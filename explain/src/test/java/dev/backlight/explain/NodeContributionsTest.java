package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.NodeContributions.Layer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class NodeContributionsTest {
  private static final Conductance FROM_ZEROS = Conductance.from(Baseline.zeros());
  private static final Tensor X = Nets.draw(80, DType.F64, 3, 5);

  @Test
  void everyCutLayerAccountsForTheWholeAnswerWithBiases() {
    for (DType dtype : new DType[] {DType.F64, DType.F32}) {
      double tolerance = dtype == DType.F64 ? 1e-6 : 1e-3;
      NodeContributions mlp =
          FROM_ZEROS.contributions(
              Nets.mlp(10, dtype, Tensor::tanh, true), X.to(dtype), Target.predicted());
      NodeContributions cnn =
          FROM_ZEROS.contributions(
              Nets.cnn(20, dtype, true), Nets.draw(81, dtype, 2, 1, 6, 6), Target.each(0, 2));
      for (NodeContributions c : new NodeContributions[] {mlp, cnn}) {
        assertThat(c.cuts()).allSatisfy(cut -> assertThat(cut.nodes()).isPositive());
        assertThat(c.cuts()).hasSizeGreaterThan(6);
        assertThat(c.relativeResidual()).isLessThan(tolerance);
      }
    }
  }

  @Test
  void relevanceOfEveryCutLayerAddsUpToTheAnswerWithoutBiases() {
    NodeContributions c =
        Lrp.epsilon().contributions(Nets.mlp(30, DType.F64, Tensor::relu, false), X, Target.at(1));
    assertThat(c.layers())
        .filteredOn(Layer::labelled)
        .extracting(Layer::name)
        .containsExactly("pre1", "hidden1", "hidden2", "logits");
    assertThat(c.relativeResidual()).isLessThan(1e-6);
    double[] atInput =
        Lrp.epsilon()
            .explain(Nets.mlp(30, DType.F64, Tensor::relu, false), X, Target.at(1))
            .scores()
            .toDoubles();
    assertThat(c.layer("x").orElseThrow().contribution().toDoubles()).containsExactly(atInput);
  }

  @Test
  void conductanceAtTheInputIsIntegratedGradients() {
    Function<Tensor, Tensor> mlp = Nets.mlp(40, DType.F64, Tensor::tanh, true);
    Quadrature rule = Quadrature.gaussLegendre(20);
    double[] ig =
        IntegratedGradients.from(Baseline.zeros())
            .with(rule)
            .explain(mlp, X, Target.at(0))
            .scores()
            .toDoubles();
    NodeContributions c = FROM_ZEROS.with(rule).contributions(mlp, X, Target.at(0));
    assertThat(c.layers().getFirst().contribution().toDoubles()).containsExactly(ig, within(1e-13));
    assertThat(c.evaluations()).isEqualTo(22);
  }

  @Test
  void conductanceIsWhatFlowsThroughEachUnitByDifferences() {
    // Written again slowly: Σ ∂f/∂h (α) · Δh over 20,000 small steps, derivatives by differences.
    Tensor w = Nets.draw(82, DType.F64, 5, 4);
    Tensor v = Nets.draw(83, DType.F64, 4, 1);
    Function<Tensor, Tensor> first = t -> t.matmul(w).tanh();
    Function<Tensor, Tensor> second = h -> h.matmul(v).tanh();
    Tensor x = X.slice(0, 0, 1);
    double[] slow = new double[4];
    int steps = 20_000;
    double[] before = first.apply(x.mul(0)).toDoubles();
    for (int k = 0; k < steps; k++) {
      double[] after = first.apply(x.mul((k + 1.0) / steps)).toDoubles();
      Tensor middle = first.apply(x.mul((k + .5) / steps));
      for (int j = 0; j < 4; j++) {
        double[] h = middle.toDoubles();
        double e = 1e-5;
        h[j] += e;
        double up = second.apply(Tensor.of(middle.shape(), h)).item();
        h[j] -= 2 * e;
        double down = second.apply(Tensor.of(middle.shape(), h)).item();
        slow[j] += (up - down) / (2 * e) * (after[j] - before[j]);
      }
      before = after;
    }
    NodeContributions c =
        FROM_ZEROS.contributions(
            t -> second.apply(first.apply(t).named("hidden")), x, Target.only());
    assertThat(c.layer("hidden").orElseThrow().contribution().toDoubles())
        .containsExactly(slow, within(1e-7));
  }

  @Test
  void besideASkipConnectionALayerIsNoCut() {
    Tensor w = Nets.draw(84, DType.F64, 5, 5);
    NodeContributions c =
        new GradientTimesActivation()
            .contributions(
                t -> {
                  Tensor h = t.mul(.5).named("before");
                  Tensor branch = h.matmul(w).named("branch").relu().named("branch out");
                  return h.add(branch).named("joined").matmul(w);
                },
                X,
                Target.at(0));
    assertThat(c.layers())
        .filteredOn(l -> l.labelled() && l.cut())
        .extracting(Layer::name)
        .containsExactly("before", "joined");
    assertThat(c.layer("branch").orElseThrow().cut()).isFalse();
    assertThat(c.layer("nothing")).isEmpty();
  }

  @Test
  void whatOnlyFeedsAGuardIsNoPartOfTheAccount() {
    NodeContributions c =
        FROM_ZEROS.contributions(
            t -> {
              Tensor h = t.tanh().named("hidden");
              boolean finite = t.square().sum().test(Double::isFinite);
              return finite ? h.sum(1) : h.sum(1).mul(2);
            },
            X,
            Target.only());
    assertThat(c.layer("hidden").orElseThrow().cut()).isTrue();
    assertThat(c.layers())
        .filteredOn(Layer::cut)
        .extracting(Layer::name)
        .containsExactly("x", "hidden", "sum");
    assertThat(c.relativeResidual()).isLessThan(1e-6);
  }

  @Test
  void gradientTimesActivationIsTheTangentsShare() {
    Tensor w = Tensor.of(new double[][] {{2}, {3}});
    NodeContributions c =
        new GradientTimesActivation()
            .contributions(
                t -> t.square().named("squares").matmul(w),
                Tensor.of(new double[][] {{1, -2}}),
                Target.only());
    assertThat(c.layer("squares").orElseThrow().contribution().toDoubles()).containsExactly(2, 12);
    assertThat(c.layer("squares").orElseThrow().activation().toDoubles()).containsExactly(1, 4);
    assertThat(c.layer("x").orElseThrow().contribution().toDoubles()).containsExactly(4, 24);
  }

  @Test
  void itPrintsATable() {
    Tensor w = Tensor.of(new double[][] {{2, -1}, {3, 1}});
    NodeContributions c =
        FROM_ZEROS
            .with(Quadrature.midpoint(1))
            .contributions(
                t -> t.matmul(w).relu().named("hidden").sum(1).named("answer"),
                Tensor.of(new double[][] {{1, 1}}),
                Target.only());
    assertThat(c)
        .hasToString(
            """
            node contributions by conductance to the output
            f(x) = 5, f(baseline) = 0
              layer   nodes     sum  residual  strongest nodes
              x           2  +5.000         0  #1 +3.000  #0 +2.000
              hidden      2  +5.000         0  #0 +5.000  #1 +0.000
              answer      1  +5.000         0  #0 +5.000
            """);
  }
}
