package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CompositeRuleTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::relu, false);

  private static double[] sums(CompositeRule rule) {
    return new Lrp(rule).explain(MLP, X, Target.at(1)).scores().sum(1).toDoubles();
  }

  @Test
  void withoutBiasesRulesConserve() {
    double[] answers = MLP.apply(X).slice(1, 1, 2).toDoubles();
    List<LayerRule> rules =
        List.of(
            new LayerRule.Epsilon(1e-12), new LayerRule.Gamma(0.25), new LayerRule.AlphaBeta(1, 0));
    for (LayerRule rule : rules.subList(0, 2)) {
      assertThat(sums(CompositeRule.of(rule).stabilizer(1e-12)))
          .containsExactly(answers, within(1e-6));
    }
    // In a first layer the others share all that arrives, too.
    for (LayerRule first :
        List.of(new LayerRule.WSquare(), new LayerRule.Flat(), new LayerRule.ZBox(-5, 5))) {
      assertThat(
              sums(CompositeRule.of(new LayerRule.Epsilon(1e-12)).first(first).stabilizer(1e-12)))
          .containsExactly(answers, within(1e-6));
    }
  }

  @Test
  void alphaBetaOfOneAndNothingIsZPlus() {
    assertThat(sums(CompositeRule.of(new LayerRule.AlphaBeta(1, 0))))
        .containsExactly(sums(CompositeRule.of(new LayerRule.ZPlus())));
  }

  @Test
  void aLayerIsChosenByLabelThenByReadingTheInput() {
    CompositeRule plain = CompositeRule.of(new LayerRule.Epsilon(1e-6));
    double[] first = sums(plain.first(new LayerRule.ZPlus()));
    assertThat(sums(plain.labelled("pre1", new LayerRule.ZPlus()))).containsExactly(first);
    assertThat(sums(plain.first(new LayerRule.Flat()).labelled("pre1", new LayerRule.ZPlus())))
        .containsExactly(first);
    assertThat(first).isNotEqualTo(sums(plain));
  }

  @Test
  void convolutionsHaveTheirOwn() {
    Function<Tensor, Tensor> cnn = Nets.cnn(10, DType.F64, true);
    Tensor images = Nets.draw(2, DType.F64, 2, 1, 6, 6).abs();
    for (CompositeRule rule :
        List.of(
            CompositeRule.epsilonPlus(),
            CompositeRule.epsilonAlpha2Beta1(),
            CompositeRule.epsilonGammaBox(0, 5))) {
      Tensor scores = new Lrp(rule).explain(cnn, images, Target.at(0)).scores();
      assertThat(scores.abs().sum().item()).isPositive().isFinite();
    }
    // z+ convolutions pass no relevance to what does not speak for them: signs are those of what
    // arrives at the last convolution.
    Function<Tensor, Tensor> one =
        t ->
            t.conv2d(Nets.draw(3, DType.F64, 2, 1, 3, 3).abs(), Conv2dOptions.of())
                .sum(1, 2, 3)
                .reshape(2, 1);
    double[] scores =
        new Lrp(CompositeRule.epsilonPlus())
            .explain(one, images, Target.only())
            .scores()
            .toDoubles();
    for (double s : scores) {
      assertThat(s).isNotNegative();
    }
  }

  /// A first layer by its formula, written slowly: gamma generalised to both signs.
  private static double[] slowGamma(
      double[] x, double[][] w, double[] b, double[] relevance, double gamma, double e) {
    double[] sent = new double[x.length];
    for (int k = 0; k < b.length; k++) {
      double plain = b[k];
      for (int j = 0; j < x.length; j++) {
        plain += x[j] * w[j][k];
      }
      double sign = plain > 0 ? 1 : -1;
      double z = b[k] + gamma * sign * Math.max(0, sign * b[k]);
      double[] part = new double[x.length];
      for (int j = 0; j < x.length; j++) {
        double brought = x[j] * w[j][k];
        part[j] = brought + gamma * sign * Math.max(0, sign * brought);
        z += part[j];
      }
      for (int j = 0; j < x.length; j++) {
        sent[j] += part[j] / (z + (z >= 0 ? e : -e)) * relevance[k];
      }
    }
    return sent;
  }

  @Test
  void gammaFollowsWhateverSignsThereAre() {
    double[] x = {.5, -1, 2};
    double[][] w = {{.3, -.2}, {.7, .1}, {-.4, .9}};
    double[] b = {.25, -.5};
    Tensor in = Tensor.of(new double[][] {x});
    Tensor out = in.matmul(Tensor.of(w)).add(Tensor.of(b));
    for (int k = 0; k < 2; k++) {
      double[] relevance = new double[2];
      relevance[k] = out.toDoubles()[k];
      assertThat(
              new Lrp(CompositeRule.of(new LayerRule.Gamma(.3)).stabilizer(1e-3))
                  .explain(t -> t.matmul(Tensor.of(w)).add(Tensor.of(b)), in, Target.at(k))
                  .scores()
                  .toDoubles())
          .containsExactly(slowGamma(x, w, b, relevance, .3, 1e-3), within(1e-14));
    }
  }

  @Test
  void aBatchNormalisationIsFoldedIntoTheLayerBeforeIt() {
    Tensor k = Nets.draw(20, DType.F64, 3, 1, 3, 3);
    Tensor bias = Nets.draw(21, DType.F64, 3).reshape(1, 3, 1, 1);
    Tensor mean = Nets.draw(22, DType.F64, 3);
    Tensor variance = Nets.draw(23, DType.F64, 3).square().add(.1);
    // Scales of both signs: under a negative one, positive weights speak against.
    Tensor scale = Tensor.of(1.5, -.7, .4);
    Tensor shift = Nets.draw(24, DType.F64, 3);
    Tensor v = Nets.draw(25, DType.F64, 48, 2);
    Tensor factor = scale.div(variance.add(1e-5).sqrt());
    Tensor folded = k.mul(factor.reshape(3, 1, 1, 1));
    Tensor rest = bias.reshape(3).sub(mean).mul(factor).add(shift).reshape(1, 3, 1, 1);
    Function<Tensor, Tensor> apart =
        t ->
            t.conv2d(k, Conv2dOptions.of())
                .add(bias)
                .batchNorm(mean, variance, scale, shift, 1e-5)
                .relu()
                .flattenFrom(1)
                .matmul(v);
    Function<Tensor, Tensor> merged =
        t -> t.conv2d(folded, Conv2dOptions.of()).add(rest).relu().flattenFrom(1).matmul(v);
    Tensor images = Nets.draw(26, DType.F64, 2, 1, 6, 6);
    for (LayerRule rule :
        List.of(
            new LayerRule.Epsilon(.1),
            new LayerRule.ZPlus(),
            new LayerRule.AlphaBeta(2, 1),
            new LayerRule.Gamma(.25),
            new LayerRule.WSquare(),
            new LayerRule.Flat(),
            new LayerRule.ZBox(-4, 4))) {
      CompositeRule composite = CompositeRule.epsilonPlus().convolutions(rule);
      double[] plain = new Lrp(composite).explain(apart, images, Target.at(1)).scores().toDoubles();
      double[] got =
          new Lrp(composite.folding(true))
              .explain(apart, images, Target.at(1))
              .scores()
              .toDoubles();
      double[] want = new Lrp(composite).explain(merged, images, Target.at(1)).scores().toDoubles();
      assertThat(got).containsExactly(want, within(1e-12));
      assertThat(plain).isNotEqualTo(got);
    }
  }

  @Test
  void theNamedOnesDoAsTheirTableSays() {
    Function<Tensor, Tensor> cnn = Nets.cnn(10, DType.F64, false);
    Tensor images = Nets.draw(2, DType.F64, 2, 1, 6, 6).abs();
    CompositeRule plus = CompositeRule.of(new LayerRule.ZPlus());
    CompositeRule epsilon = CompositeRule.of(new LayerRule.Epsilon(1e-6));
    CompositeRule alpha = epsilon.convolutions(new LayerRule.AlphaBeta(2, 1));
    LayerRule flat = new LayerRule.Flat();
    Map<CompositeRule, CompositeRule> same = new LinkedHashMap<>();
    same.put(
        CompositeRule.epsilonPlusFlat(), epsilon.convolutions(new LayerRule.ZPlus()).first(flat));
    same.put(CompositeRule.epsilonAlpha2Beta1Flat(), alpha.first(flat));
    same.put(CompositeRule.deepTaylor(), plus.first(new LayerRule.WSquare()));
    same.put(CompositeRule.deepTaylor(0, 5), plus.first(new LayerRule.ZBox(0, 5)));
    same.put(CompositeRule.excitationBackprop(), plus);
    same.forEach((named, spelt) ->
        assertThat(new Lrp(named).explain(cnn, images, Target.at(0)).scores().toDoubles())
            .containsExactly(
                new Lrp(spelt).explain(cnn, images, Target.at(0)).scores().toDoubles()));
    assertThat(same.keySet())
        .extracting(named -> new Lrp(named).name())
        .containsExactly(
            "lrp-epsilon-plus-flat",
            "lrp-epsilon-alpha2-beta1-flat",
            "lrp-deep-taylor",
            "lrp-deep-taylor",
            "lrp-excitation-backprop");
    Attribution walks = new Lrp(plus.stabilizer(1e-12)).explain(cnn, images, Target.at(0));
    assertThat(walks.relativeResidual()).isLessThan(1e-9);
  }

  @Test
  void rulesHaveGradients() {
    // Away from zeros, where parts and signs have kinks.
    Tensor w = Nets.draw(4, DType.F64, 5, 4).abs().add(0.3);
    Tensor x0 = X.abs().add(0.3);
    Tensor v = Nets.draw(5, DType.F64, 4, 2).abs().add(0.3);
    for (LayerRule rule :
        List.of(
            new LayerRule.Epsilon(0.1),
            new LayerRule.ZPlus(),
            new LayerRule.AlphaBeta(2, 1),
            new LayerRule.Gamma(0.3),
            new LayerRule.WSquare(),
            new LayerRule.ZBox(-4, 4))) {
      Lrp lrp = new Lrp(CompositeRule.of(rule).stabilizer(0.1));
      GradCheck.standard()
          .check(
              (Tensor weight) ->
                  lrp.scores(x -> x.matmul(weight).tanh().matmul(v), x0, Target.at(0))
                      .square()
                      .sum(),
              w);
    }
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new LayerRule.AlphaBeta(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alpha-beta needs alpha - beta = 1 and beta of at least 0, got 2.0 and 0.0");
    assertThatThrownBy(() -> new LayerRule.Gamma(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("gamma needs to be finite and at least 0, got -1.0");
    assertThatThrownBy(() -> new LayerRule.ZBox(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("z-box needs low below high, got 1.0 and 1.0");
  }
}
