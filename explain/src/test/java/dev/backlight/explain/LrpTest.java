package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LrpTest {
  private static final Tensor X = Nets.draw(70, DType.F64, 4, 5);

  /// The epsilon rule of the papers, written slowly: one example, one dense layer.
  private static double[] slow(
      double[] x, double[][] w, double[] b, double[] relevance, double epsilon) {
    double[] sent = new double[x.length];
    for (int k = 0; k < b.length; k++) {
      double z = b[k];
      for (int j = 0; j < x.length; j++) {
        z += x[j] * w[j][k];
      }
      for (int j = 0; j < x.length; j++) {
        sent[j] += x[j] * w[j][k] / (z + (z >= 0 ? epsilon : -epsilon)) * relevance[k];
      }
    }
    return sent;
  }

  @Test
  void aDenseLayerAndItsBiasFollowThePaperAndEpsilonActsOnce() {
    double[] x = {.5, -1, 2};
    double[][] w = {{.3, -.2}, {.7, .1}, {-.4, .9}};
    double[] b = {.25, -.5};
    Tensor output = Tensor.of(new double[][] {x}).matmul(Tensor.of(w)).add(Tensor.of(b));
    double[] expected = slow(x, w, b, new double[] {output.toDoubles()[0], 0}, .1);
    Attribution a =
        Lrp.epsilon(.1)
            .explain(
                t -> t.matmul(Tensor.of(w)).add(Tensor.of(b)),
                Tensor.of(new double[][] {x}),
                Target.at(0));
    assertThat(a.scores().toDoubles()).containsExactly(expected, within(1e-15));
  }

  @Test
  void aReshapeMayStandBetweenAProductAndItsBias() {
    Tensor w = Nets.draw(71, DType.F64, 5, 6);
    Tensor b = Nets.draw(72, DType.F64, 3);
    Function<Tensor, Tensor> reshaped = t -> t.matmul(w).reshape(-1, 2, 3).add(b).flattenFrom(1);
    Tensor wide = Tensor.concat(0, b, b);
    Function<Tensor, Tensor> plain = t -> t.matmul(w).add(wide);
    double[] got = Lrp.epsilon(.2).explain(reshaped, X, Target.at(4)).scores().toDoubles();
    double[] want = Lrp.epsilon(.2).explain(plain, X, Target.at(4)).scores().toDoubles();
    assertThat(got).containsExactly(want, within(1e-15));
  }

  @Test
  void withoutBiasesScoresAddUpToTheAnswer() {
    for (DType dtype : new DType[] {DType.F64, DType.F32}) {
      double within = dtype == DType.F64 ? 1e-6 : 1e-3;
      Function<Tensor, Tensor> tanh = Nets.mlp(10, dtype, Tensor::tanh, false);
      Tensor x = X.to(dtype);
      assertThat(Lrp.epsilon().explain(tanh, x, Target.predicted()).relativeResidual())
          .isLessThan(within);
      Tensor image = Nets.draw(73, dtype, 3, 1, 6, 6);
      assertThat(
              Lrp.epsilon()
                  .explain(Nets.cnn(20, dtype, false), image, Target.predicted())
                  .relativeResidual())
          .isLessThan(within);
    }
  }

  @Test
  void epsilonRuleEqualsGradientTimesInputWithoutBiases() {
    Function<Tensor, Tensor> relu = Nets.mlp(30, DType.F64, Tensor::relu, false);
    double[] lrp = Lrp.epsilon().explain(relu, X, Target.at(2)).scores().toDoubles();
    double[] gxi = new GradientTimesInput().explain(relu, X, Target.at(2)).scores().toDoubles();
    assertThat(lrp).containsExactly(gxi, within(1e-6));
  }

  @Test
  void aResidualSumSharesByWhatEachBranchBrought() {
    Tensor w = Nets.draw(74, DType.F64, 5, 5);
    Attribution a =
        Lrp.epsilon().explain(t -> t.matmul(w).relu().add(t), X, Target.of(o -> o.sum(1)));
    assertThat(a.relativeResidual()).isLessThan(1e-6);
  }

  @Test
  void twoFactorsThatDependOnXGetHalfEach() {
    Tensor x = Tensor.of(new double[][] {{2, 3}});
    Attribution a =
        Lrp.epsilon().explain(t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2)), x, Target.only());
    assertThat(a.scores().toDoubles()).containsExactly(new double[] {3, 3}, within(1e-8));
  }

  @Test
  void aDivisionByWhatIsGivenIsALayerAndExtremesGoToTheWinner() {
    Tensor x = Tensor.of(new double[][] {{2, 3, -1}});
    Attribution scaled =
        Lrp.epsilon().explain(t -> t.div(Tensor.of(2., 4, 8)).sum(1), x, Target.only());
    assertThat(scaled.scores().toDoubles())
        .containsExactly(new double[] {1, .75, -.125}, within(1e-8));
    Attribution largest = Lrp.epsilon().explain(t -> t.amax(1), x, Target.only());
    assertThat(largest.scores().toDoubles()).containsExactly(0, 3, 0);
    Attribution higher = Lrp.epsilon().explain(t -> t.maximum(2.5).sum(1), x, Target.only());
    assertThat(higher.scores().toDoubles()[1]).isCloseTo(3, within(1e-8));
    assertThat(higher.scores().toDoubles()[2]).isZero();
  }

  @Test
  void anOpWithoutARuleIsNamedWithItsLine() {
    assertThatThrownBy(() -> Lrp.epsilon().explain(t -> t.cumprod(1), X, Target.at(0)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageMatching(
            "epsilon-LRP has no rule for recurrence at LrpTest\\.java:\\d+; explain an output"
                + " before it, give a rule of your own, or use integrated gradients");
    assertThatThrownBy(
            () -> Lrp.epsilon().explain(t -> t.pow(t.exp()).named("raised"), X, Target.at(0)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("epsilon-LRP has no rule for raised (pow) at LrpTest.java:");
  }

  @Test
  void aGateGetsNothing() {
    Tensor x = Tensor.of(new double[][] {{2, -3}});
    List<Function<Tensor, Tensor>> gated =
        List.of(
            t -> t.slice(1, 1, 2).sigmoid().mul(t.slice(1, 0, 1)),
            t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2).sigmoid().neg().add(1)),
            t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2).square().add(1).rsqrt()),
            t -> t.slice(1, 0, 1).div(t.slice(1, 1, 2)));
    for (Function<Tensor, Tensor> one : gated) {
      Attribution a = Lrp.epsilon().explain(one, x, Target.only());
      assertThat(a.scores().toDoubles())
          .containsExactly(new double[] {a.output().item(), 0}, within(1e-15));
    }
  }

  @Test
  void anActivationThatIsAProductPassesAsAny() {
    for (Function<Tensor, Tensor> f :
        List.<Function<Tensor, Tensor>>of(Tensor::silu, Tensor::gelu, Tensor::geluTanh)) {
      Attribution a = Lrp.epsilon().explain(f, X, Target.of(o -> o.sum(1)));
      assertThat(a.scores().toDoubles()).containsExactly(f.apply(X).toDoubles(), within(1e-7));
    }
  }

  @Test
  void aSoftmaxIsExpandedAtItsInput() {
    Tensor x = Tensor.of(new double[][] {{.5, -1, 2}});
    double[] v = x.toDoubles();
    double[] p = x.softmax(1).toDoubles();
    double[] expected = new double[3];
    for (int i = 0; i < 3; i++) {
      expected[i] = v[i] * ((i == 2 ? p[2] : 0) - p[i] * p[2]);
    }
    assertThat(Lrp.epsilon().explain(t -> t.softmax(1), x, Target.at(2)).scores().toDoubles())
        .containsExactly(expected, within(1e-15));
  }

  @Test
  void whatAttentionLeavesIsWhatTheExpansionOfItsSoftmaxLeaves() {
    Function<Tensor, Tensor> net =
        t -> {
          Tensor h = t.reshape(-1, 3, 2);
          Tensor logits = h.matmul(h.mul(.7), false, true).named("logits");
          return logits.softmax(-1).named("weights").matmul(h).flattenFrom(1);
        };
    Tensor x = Nets.draw(75, DType.F64, 2, 6);
    Lrp lrp = new Lrp(new EpsilonRule(0));
    NodeContributions nodes = lrp.contributions(net, x, Target.at(3));
    double[] taken =
        nodes
            .layer("weights")
            .orElseThrow()
            .sums()
            .sub(nodes.layer("logits").orElseThrow().sums())
            .toDoubles();
    assertThat(lrp.explain(net, x, Target.at(3)).residual().toDoubles())
        .containsExactly(taken, within(1e-12));
    assertThat(Math.abs(taken[0])).isGreaterThan(1e-3);
    assertThat(Lrp.conservative().explain(net, x, Target.at(3)).residual().abs().amax().item())
        .isLessThan(1e-7);
    assertThat(Lrp.conservative().name()).isEqualTo("lrp-conservative");
  }

  @Test
  void biasesTakeWhatIsLeft() {
    // The same network with biases as weights of a further input, which is 1.
    Tensor w = Nets.draw(76, DType.F64, 5, 4);
    Tensor b = Nets.draw(77, DType.F64, 1, 4);
    Tensor v = Nets.draw(78, DType.F64, 4, 2);
    Tensor c = Nets.draw(79, DType.F64, 1, 2);
    Tensor wide = Tensor.concat(1, X, Tensor.ones(Shape.of(4, 1), DType.F64));
    Function<Tensor, Tensor> open =
        t -> {
          Tensor one = t.slice(1, 5, 6);
          Tensor h = t.slice(1, 0, 5).matmul(w).add(one.matmul(b)).tanh();
          return h.matmul(v).add(one.matmul(c));
        };
    Function<Tensor, Tensor> net = t -> t.matmul(w).add(b).tanh().matmul(v).add(c);
    Lrp lrp = new Lrp(new EpsilonRule(0));
    Attribution whole = lrp.explain(open, wide, Target.at(1));
    assertThat(whole.residual().abs().amax().item()).isLessThan(1e-12);
    Attribution part = lrp.explain(net, X, Target.at(1));
    assertThat(part.scores().toDoubles())
        .containsExactly(whole.scores().slice(1, 0, 5).toDoubles(), within(1e-12));
    assertThat(part.residual().toDoubles())
        .containsExactly(whole.scores().slice(1, 5, 6).toDoubles(), within(1e-12));
  }

  @Test
  void anEpsilonIsNotNegative() {
    assertThatThrownBy(() -> Lrp.epsilon(-1))
        .hasMessage("an epsilon needs to be at least 0 and finite, got -1.0");
  }
}
