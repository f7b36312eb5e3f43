package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.List;
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
