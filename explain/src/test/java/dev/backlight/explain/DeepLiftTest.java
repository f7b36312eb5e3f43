package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DeepLiftTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Tensor B = Nets.draw(2, DType.F64, 3, 5);
  private static final Tensor W = Nets.draw(3, DType.F64, 5, 5);
  private static final Tensor C = Nets.draw(4, DType.F64, 5);

  private static void complete(Function<Tensor, Tensor> model) {
    complete(model, X, B);
  }

  private static void complete(Function<Tensor, Tensor> model, Tensor x, Tensor base) {
    Attribution a = DeepLift.from(Baseline.of(base)).explain(model, x, Target.at(1));
    assertThat(a.residual().abs().amax().item()).isLessThan(1e-9);
    assertThat(a.scores().abs().sum().item()).isPositive();
  }

  @Test
  void isCompleteWithLayersThatAreUsedAgain() {
    complete(x -> x.matmul(W).add(C).relu().matmul(W).add(C).relu().matmul(W));
  }

  @Test
  void isCompleteWithActivationsAsFunctionsAndBehindEachOther() {
    complete(x -> x.matmul(W).gelu().tanh().relu().matmul(W).silu());
    complete(x -> x.matmul(W).softplus().sigmoid().square().exp());
  }

  @Test
  void isCompleteWithResidualsConcatenationsAndProducts() {
    complete(x -> {
      Tensor h = x.matmul(W).relu();
      Tensor r = h.add(x).mul(h.sigmoid());
      return Tensor.concat(1, r, h.maximum(x), r.div(x.square().add(1)))
          .matmul(Nets.draw(5, DType.F64, 15, 2));
    });
  }

  @Test
  void isCompleteWithReluAndPoolsBehindEachOther() {
    Tensor k = Nets.draw(6, DType.F64, 4, 1, 3, 3);
    Tensor w = Nets.draw(7, DType.F64, 16, 2);
    complete(
        x ->
            x.conv2d(k, Conv2dOptions.of())
                .relu()
                .maxPool2d(Pool2dOptions.of(2))
                .tanh()
                .flattenFrom(1)
                .matmul(w),
        Nets.draw(8, DType.F64, 2, 1, 6, 6),
        Nets.draw(9, DType.F64, 2, 1, 6, 6));
  }

  @Test
  void whereNothingDiffersTheSlopeStands() {
    // At the baseline itself scores are 0, and the multiplier is the gradient.
    Attribution a = DeepLift.from(Baseline.of(X)).explain(x -> x.tanh(), X, Target.at(0));
    assertThat(a.scores().abs().sum().item()).isZero();
    complete(x -> x.tanh().mul(2), X, X.add(1e-12));
  }

  @Test
  void aLayerThatIsACutAccountsForTheDifference() {
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::relu, true);
    Tensor scores = DeepLift.from(Baseline.of(B)).layer(mlp, X, Target.at(2), "hidden1");
    double[] difference = mlp.apply(X).sub(mlp.apply(B)).slice(1, 2, 3).toDoubles();
    assertThat(scores.sum(1).toDoubles()).containsExactly(difference, within(1e-10));
  }

  @Test
  void everyCutAccountsForTheDifferenceFromOutputToInput() {
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::relu, true);
    for (DeepLift method :
        List.of(DeepLift.from(Baseline.of(B)), DeepLift.from(Baseline.of(B)).revealCancel())) {
      NodeContributions nodes = method.contributions(mlp, X, Target.at(2));
      assertThat(nodes.cuts()).hasSizeGreaterThan(5);
      assertThat(nodes.relativeResidual()).isLessThan(1e-12);
      assertThat(nodes.layer("x").orElseThrow().contribution().toDoubles())
          .containsExactly(method.explain(mlp, X, Target.at(2)).scores().toDoubles());
    }
    assertThat(
            DeepLift.from(Baseline.of(B))
                .contributions(mlp, X, Target.at(2))
                .layer("hidden1")
                .orElseThrow()
                .contribution()
                .toDoubles())
        .containsExactly(
            DeepLift.from(Baseline.of(B)).layer(mlp, X, Target.at(2), "hidden1").toDoubles(),
            within(1e-13));
  }

  @Test
  void whatCancelsIsRevealed() {
    // min(x0, x1), as the paper writes it.
    Function<Tensor, Tensor> least =
        x -> {
          Tensor both = x.matmul(Tensor.of(new double[][] {{1}, {-1}}));
          return x.slice(1, 0, 1).sub(both.relu());
        };
    Tensor x = Tensor.of(new double[][] {{2, 1}});
    DeepLift rescale = DeepLift.from(Baseline.zeros());
    assertThat(rescale.explain(least, x, Target.only()).scores().toDoubles()).containsExactly(0, 1);
    assertThat(rescale.revealCancel().explain(least, x, Target.only()).scores().toDoubles())
        .containsExactly(.5, .5);
    assertThat(rescale.revealCancel().name()).isEqualTo("deeplift-reveal-cancel");
  }

  @Test
  void aSoftmaxSharesAsItsPathWould() {
    // Two classes: both logits moved, and only their difference counts.
    Tensor x = Tensor.of(new double[][] {{1.5, -0.5}});
    Attribution a = DeepLift.from(Baseline.zeros()).explain(t -> t.softmax(1), x, Target.at(0));
    double grown = 1 / (1 + Math.exp(-2)) - 0.5;
    assertThat(a.scores().toDoubles())
        .containsExactly(new double[] {grown * 0.75, grown * 0.25}, within(1e-12));
  }

  @Test
  void manyBaselinesAreAveraged() {
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::tanh, true);
    Tensor data = Nets.draw(11, DType.F64, 4, 5);
    Tensor mean = X.mul(0);
    for (int k = 0; k < 4; k++) {
      Baseline one = Baseline.of(data.slice(0, k, k + 1));
      mean = mean.add(DeepLift.from(one).explain(mlp, X, Target.at(0)).scores().div(4));
    }
    assertThat(new DeepLiftShap(data).explain(mlp, X, Target.at(0)).scores().toDoubles())
        .containsExactly(mean.toDoubles(), within(1e-12));
    assertThatThrownBy(() -> new DeepLiftShap(data.slice(0, 0, 0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("deeplift-shap needs baselines (m, …) of floats with m >= 1, got F64(0, 5)");
  }

  @Test
  void hasGradientsThroughAttentionAndNorms() {
    Tensor x = Nets.draw(12, DType.F64, 2, 6);
    Tensor base = Nets.draw(13, DType.F64, 2, 6);
    for (DeepLift method :
        List.of(
            DeepLift.from(Baseline.of(base)), DeepLift.from(Baseline.of(base)).revealCancel())) {
      GradCheck.standard()
          .check(
              (Tensor w) ->
                  method
                      .scores(
                          t -> {
                            Tensor h = t.reshape(-1, 3, 2).matmul(w);
                            return h.attention(h, h)
                                .layerNorm(Tensor.of(1., 2, -1), null, 1e-3)
                                .sum(1);
                          },
                          x,
                          Target.at(0))
                      .square()
                      .sum(),
              Nets.draw(14, DType.F64, 2, 3));
    }
  }

  @Test
  void hasGradients() {
    DeepLift method = DeepLift.from(Baseline.of(B));
    GradCheck.standard()
        .check(
            (Tensor w) ->
                method
                    .scores(x -> x.matmul(w).tanh().mul(x.sigmoid()), X, Target.at(0))
                    .square()
                    .sum(),
            W);
  }

  @Test
  void anOpWithoutARuleIsNamedWithItsLine() {
    assertThatThrownBy(() ->
            DeepLift.from(Baseline.of(B)).explain(x -> x.matmul(W).cumprod(1), X, Target.at(2)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageMatching(
            "DeepLIFT has no rule for recurrence at DeepLiftTest.java:\\d+; explain an output"
                + " before it, or use integrated gradients");
    assertThatThrownBy(() -> DeepLift.from(Baseline.of(B)).eps(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("deeplift needs a finite eps of at least 0, got -1.0");
  }
}
