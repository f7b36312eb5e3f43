package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.Regions;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Numbers that can be read off, cases without an answer, and what is refused.
class MetricsByHandTest {
  private static final Key KEY = Key.of(0);
  private static final Baseline ZEROS = Baseline.zeros();

  /// Scores of a sum are the inputs themselves.
  private static Explained given(double... scores) {
    Tensor x = Tensor.of(new double[][] {scores});
    return Explained.of(new GradientTimesInput(), v -> v.sumKeep(1), x, Target.only());
  }

  private static double of(Metric metric, Explained explained) {
    return metric.of(explained, KEY)[0];
  }

  private static Tensor mask(double... inside) {
    return Tensor.of(new double[][] {inside});
  }

  @Test
  void fewFeaturesAreSparseAndSimple() {
    assertThat(of(new Sparseness(), given(0, 0, -3, 0))).isEqualTo(0.75);
    assertThat(of(new Sparseness(), given(2, -2, 2, 2))).isCloseTo(0, within(1e-15));
    assertThat(of(new Entropy(), given(0, 0, -3, 0))).isZero();
    assertThat(of(new Entropy(), given(2, -2, 2, 2))).isCloseTo(Math.log(4), within(1e-15));
  }

  @Test
  void scoresInsideOfAMaskAreLocalised() {
    Explained most = given(5, 3, 1, -2, 0).masked(mask(1, 1, 0, 0, 0));
    assertThat(of(new RelevanceMass(), most)).isEqualTo(8 / 9.0);
    assertThat(of(new RelevanceRank(), most)).isEqualTo(1);
    assertThat(of(new PointingGame(), most)).isEqualTo(1);
    assertThat(of(new TopKIntersection(3), most)).isEqualTo(1);
    assertThat(of(new RocArea(), most)).isEqualTo(1);
    assertThat(of(new AttributionLocalisation(), most)).isCloseTo(20 / 9.0, within(1e-15));
    Explained none = given(0, 0, 4, 3, 0).masked(mask(1, 1, 0, 0, 0));
    assertThat(of(new RelevanceMass(), none)).isZero();
    assertThat(of(new PointingGame(), none)).isZero();
    assertThat(of(new RocArea(), none)).isCloseTo(1 / 6.0, within(1e-15));
  }

  @Test
  void aRationaleIsTheStrongestPart() {
    // Of ten features, 1, 5 and 10 % are one, 20 % are two and 50 % are five.
    Explained ten = given(9, 1, 8, 2, 7, 3, 6, 4, 5, 0);
    assertThat(of(Comprehensiveness.of(ZEROS), ten))
        .isCloseTo((3 * 9 + 17 + 35) / 5.0, within(1e-12));
    assertThat(of(RationaleSufficiency.of(ZEROS), ten))
        .isCloseTo(45 - (3 * 9 + 17 + 35) / 5.0, within(1e-12));
  }

  @Test
  void explanationsNearToOneAnotherShouldGoWithEqualAnswers() {
    Tensor x = Tensor.of(new double[][] {{4, 1}, {4, 2}, {-4, 1}, {4, -9}});
    Function<Tensor, Tensor> sum = v -> v.sumKeep(1);
    Explained explained = Explained.of(new GradientTimesInput(), sum, x, Target.only());
    assertThat(new Sufficiency(.5).of(explained, KEY))
        .containsExactly(1, 1, Double.NaN, Double.NaN);
    // Ten is the size of none but the last: from there all others are near.
    assertThat(new Sufficiency(1.5).of(explained, KEY)[3]).isEqualTo(1 / 3.0);
    assertThatThrownBy(() -> new Sufficiency(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sufficiency needs a finite distance above 0, got 0.0");
  }

  @Test
  void aMosaicHasTwoPicturesOfTheClassAndTwoOfOthers() {
    // A picture is one pixel, whose sign is its class; all scores are the pixel for class 0, less
    // it for class 1.
    Tensor x = Tensor.of(3., 3, -5, -5).reshape(4, 1, 1);
    Function<Tensor, Tensor> model = v -> Tensor.stack(1, v.sum(1, 2), v.sum(1, 2).neg());
    Explained explained = Explained.of(new GradientTimesInput(), model, x, Target.at(0));
    assertThat(new Focus().of(explained, KEY)).containsExactly(1, 1, 1, 1);
    Explained blind =
        new Explained(model, new Saliency(), new Saliency().explain(model, x, Target.at(0)), null);
    // The slope for class 0 is 1 everywhere, for class 1 it is -1.
    assertThat(new Focus().of(blind, KEY)).containsExactly(.5, .5, Double.NaN, Double.NaN);
    Explained alone = Explained.of(new Saliency(), model, x.slice(0, 0, 3), Target.at(0));
    assertThat(new Focus().of(alone, KEY)).containsOnly(Double.NaN);
    assertThatThrownBy(() -> new Focus().of(given(1, 2), KEY))
        .isInstanceOf(ShapeException.class)
        .hasMessage("focus needs pictures (n, …, height, width), got (1, 2)");
  }

  @Test
  void picturesMoveInAllDirections() {
    Tensor x = Tensor.of(new double[][] {{1, 2, 3, 4}});
    List<String> moved =
        Perturbations.shifts(2, 2, 1).around(x, KEY).stream()
            .map(move -> Arrays.toString(x.sub(move.by()).toDoubles()))
            .toList();
    assertThat(moved)
        .containsExactly(
            "[4.0, 0.0, 0.0, 0.0]",
            "[3.0, 4.0, 0.0, 0.0]",
            "[0.0, 3.0, 0.0, 0.0]",
            "[2.0, 0.0, 4.0, 0.0]",
            "[0.0, 1.0, 0.0, 3.0]",
            "[0.0, 0.0, 2.0, 0.0]",
            "[0.0, 0.0, 1.0, 2.0]",
            "[0.0, 0.0, 0.0, 1.0]");
    assertThat(Perturbations.shifts(2, 2, 1)).hasToString("shifts of up to 1 pixels of 2 × 2");
    assertThatThrownBy(() -> Perturbations.shifts(2, 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "shifts of 2 × 2 pixels need a reach of 1 or more that leaves some of them, got 2");
    assertThatThrownBy(() -> Perturbations.shifts(2, 2, 1).around(mask(1, 2), KEY))
        .isInstanceOf(ShapeException.class)
        .hasMessage("shifts need examples of planes of 2 × 2, got x (1, 2)");
  }

  @Test
  void equalScoresShareTheLastPlacesEvenly() {
    Explained even = given(1, 1, 1, 1, 1).masked(mask(1, 1, 0, 0, 0));
    assertThat(of(new RocArea(), even)).isEqualTo(.5);
    assertThat(of(new PointingGame(), even)).isCloseTo(.4, within(1e-15));
    assertThat(of(new RelevanceRank(), even)).isCloseTo(.4, within(1e-15));
    Explained tie = given(9, 2, 2, 1, 0).masked(mask(0, 1, 0, 1, 0));
    assertThat(of(new RelevanceRank(), tie)).isEqualTo(.25);
  }

  @Test
  void aFeatureMayLowerTheAnswerIfItsScoreSaysSo() {
    Monotonicity metric = new Monotonicity(ZEROS);
    assertThat(of(metric, given(3, -2, 0, 1))).isEqualTo(1);
    Explained unsigned = Oracles.with(given(3, -2, 0, 1), new double[][] {{3, 2, 0, 1}});
    assertThat(of(metric, unsigned)).isEqualTo(.75);
    Explained nothing = Oracles.with(given(3, -2, 0, 1), new double[][] {{0, 0, 0, 0}});
    assertThat(of(metric, nothing)).isEqualTo(.25);
  }

  @Test
  void enoughFeaturesBringTheAnswerBack() {
    assertThat(of(EffectiveComplexity.of(ZEROS), given(1, 8, 0, 2, .5))).isEqualTo(.6);
    assertThat(of(EffectiveComplexity.of(ZEROS), given(0, 0))).isZero();
  }

  @Test
  void equalExplanationsShouldGoWithEqualAnswers() {
    Tensor x = Tensor.of(new double[][] {{3, 1}, {2, 0}, {1, -4}, {5, -6}, {-7, 1}});
    Function<Tensor, Tensor> sum = v -> v.sumKeep(1);
    Explained explained = Explained.of(new GradientTimesInput(), sum, x, Target.only());
    assertThat(new Consistency(1).of(explained, KEY)).containsExactly(1, 1, 1, 1, Double.NaN);
    Explained constant =
        Oracles.with(explained, new double[][] {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}});
    assertThat(new Consistency(1).of(constant, KEY)).containsExactly(.25, .25, .5, .5, .5);
  }

  @Test
  void whatHasNoAnswerIsNotANumber() {
    Explained zeros = given(0, 0, 0);
    for (Metric metric :
        List.of(
            new Sparseness(),
            new Entropy(),
            FaithfulnessCorrelation.of(ZEROS),
            FaithfulnessEstimate.of(ZEROS),
            SensitivityN.of(ZEROS),
            MonotonicityCorrelation.of(ZEROS),
            new RandomLogit(),
            new ModelRandomisation(),
            new EfficientModelRandomisation())) {
      assertThat(of(metric, zeros)).as(metric.name()).isNaN();
    }
    assertThat(of(new RelevanceMass(), given(-1, -2).masked(mask(1, 0)))).isNaN();
    assertThat(of(new RocArea(), given(1, 2).masked(mask(0, 0)))).isNaN();
    assertThat(of(new PointingGame(), given(1, 2).masked(mask(1, 1)))).isNaN();
    assertThat(of(new Irof(Regions.each(), Replacement.by(ZEROS)), given(-1))).isNaN();
    Explained cancelled = Oracles.with(given(1, -1), new double[][] {{1, 1}});
    assertThat(of(new CompletenessGap(), cancelled)).isNaN();
    assertThat(of(new CompletenessGap(), given(1, -1))).isZero();
  }

  @Test
  void replacementsReplaceWhatIsGone() {
    Tensor x = Tensor.of(new double[][] {{.1, .2, .3}, {.4, .5, .6}});
    Tensor gone = Subsets.mask(x, true, false, true);
    assertThat(Replacement.flipped(0, 1).of(x, gone, KEY).toDoubles())
        .containsExactly(new double[] {.9, .2, .7, .6, .5, .4}, within(1e-15));
    assertThat(Replacement.by(Baseline.constant(7)).of(x, gone, KEY).toDoubles())
        .containsExactly(7, .2, 7, 7, .5, 7);
    double[] drawn = Replacement.uniform(2, 3).of(x, gone, KEY).toDoubles();
    assertThat(drawn[0]).isBetween(2., 3.).isEqualTo(drawn[3]);
    assertThat(drawn[1]).isEqualTo(.2);
    double[] noisy = Replacement.noise(.1).of(x, gone, KEY).toDoubles();
    assertThat(noisy[0] - .1).isCloseTo(noisy[3] - .4, within(1e-15)).isNotZero();
    assertThat(noisy[4]).isEqualTo(.5);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new PointingGame().of(given(1, 2), KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("localisation needs a mask of where scores should lie, got none");
    assertThatThrownBy(() -> given(1, 2).masked(mask(1, 0, 0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("localisation needs a mask like x (1, 2), got (1, 3)");
    assertThatThrownBy(() -> given(1, 2).masked(Tensor.of(1L, 0L).reshape(1, 2)))
        .hasMessage("localisation needs a mask of BOOL, floats or I32, got I64");
    assertThatThrownBy(() -> new TopKIntersection(5).of(given(1, 2).masked(mask(1, 0)), KEY))
        .hasMessage("k must be from 1 to 2, got 5");
    assertThatThrownBy(() -> Perturbations.given(List.of()))
        .hasMessage("a perturbation needs draws of at least 1, got none");
    assertThatThrownBy(
            () -> new Infidelity(Perturbations.given(List.of(mask(1))), false).of(given(1, 2), KEY))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a perturbation needs draws like x (1, 2), got (1, 1)");
    assertThatThrownBy(() -> Perturbations.uniform(0, 3))
        .hasMessage("noise needs a finite size above 0, got 0.0");
    assertThatThrownBy(() -> Perturbations.normal(1, 0))
        .hasMessage("a metric needs draws of at least 1, got 0");
    assertThatThrownBy(() -> new Deletion(ZEROS, 0))
        .hasMessage("a step needs at least 1 feature, got 0");
    assertThatThrownBy(() -> new PixelFlipping(0, 1, 0))
        .hasMessage("a share needs to be above 0 and at most 1, got 0.0");
    assertThatThrownBy(() -> Road.of(2, 2).of(given(1, 2, 3), KEY))
        .isInstanceOf(ShapeException.class)
        .hasMessage("imputation needs examples of planes of 2 × 2, got x (1, 3)");
    assertThatThrownBy(() -> RelativeStability.representation(.1).at("deep").of(given(1, 2), KEY))
        .hasMessage("a layer of the model is needed, got deep; it has none that is named");
    assertThatThrownBy(() -> RelativeStability.representation(.1).of(given(1, 2), KEY))
        .hasMessage("a hidden layer is needed, got a model whose last product reads none");
    assertThatThrownBy(() -> new EffectiveComplexity(Replacement.by(ZEROS), 1))
        .hasMessage("effective complexity needs a tolerance from 0 to below 1, got 1.0");
    assertThatThrownBy(() -> Scale.higher(1, 1))
        .hasMessage("a scale needs low < high, got 1.0 and 1.0");
  }

  @Test
  void aScaleKnowsItsDirection() {
    assertThat(Scale.lower(0, Double.POSITIVE_INFINITY)).hasToString("0 … ∞, lower");
    assertThat(Scale.higher(-1, 1)).hasToString("-1 … 1, higher");
    assertThat(Scale.higher(-1, 1).best()).isEqualTo(1);
    assertThat(Scale.lower(0, 1).better(.2, .3)).isTrue();
    assertThat(Scale.higher(0, 1).better(.2, .3)).isFalse();
  }
}
