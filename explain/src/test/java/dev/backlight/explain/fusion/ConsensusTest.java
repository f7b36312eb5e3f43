package dev.backlight.explain.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Completeness;
import dev.backlight.explain.DeepLift;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Occlusion;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.RandomAttribution;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.explain.quality.Deletion;
import dev.backlight.explain.quality.Explained;
import dev.backlight.explain.quality.FaithfulnessCorrelation;
import dev.backlight.explain.quality.Infidelity;
import dev.backlight.explain.quality.Perturbations;
import dev.backlight.explain.quality.Replacement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConsensusTest {
  private static final Baseline ZEROS = Baseline.zeros();
  private static final Tensor HIDDEN = draw(1, 6, 5);
  private static final Tensor OUT = draw(2, 5, 3);
  private static final Function<Tensor, Tensor> NET = v -> v.matmul(HIDDEN).tanh().matmul(OUT);
  private static final Tensor X = draw(3, 8, 6);
  private static final Target TARGET = Target.at(1);
  private static final Explainer IG = IntegratedGradients.from(ZEROS);
  private static final Explainer GXI = new GradientTimesInput();
  private static final Explainer OCCLUSION = Occlusion.with(ZEROS);
  private static final Explainer DRAWS = new RandomAttribution(4);
  private static final Perturbations REMOVAL = Perturbations.removal(Replacement.by(ZEROS), 20);

  private static Tensor draw(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F64);
  }

  private static double[] row(Explainer explainer, int i) {
    Tensor scores = explainer.explain(NET, X, TARGET).scores();
    return scores.slice(0, i, i + 1).toDoubles();
  }

  private static double[] shares(double... row) {
    double sum = Arrays.stream(row).map(Math::abs).sum();
    return Arrays.stream(row).map(v -> v / sum).toArray();
  }

  @Test
  void theMeanOfSharesHasTheSpreadOfTheMembersBesideIt() {
    Attribution fused = Consensus.mean(IG, GXI, OCCLUSION).explain(NET, X, TARGET);
    Tensor spread = Objects.requireNonNull(fused.spread());
    for (int i = 0; i < 8; i++) {
      double[][] members = {shares(row(IG, i)), shares(row(GXI, i)), shares(row(OCCLUSION, i))};
      for (int j = 0; j < 6; j++) {
        double mean = (members[0][j] + members[1][j] + members[2][j]) / 3;
        double variance = 0;
        for (double[] member : members) {
          variance += (member[j] - mean) * (member[j] - mean) / 3;
        }
        assertThat(fused.scores().at(i, j)).isCloseTo(mean, within(1e-12));
        assertThat(spread.at(i, j)).isCloseTo(Math.sqrt(variance), within(1e-12));
      }
    }
    assertThat(fused.method()).isEqualTo("consensus-mean");
    assertThat(fused.toString())
        .startsWith(
            "consensus-mean of output 1, member 1 integrated-gradients, member 2 gradient-x-input,"
                + " member 3 occlusion, normalisation shares, ")
        .contains(" ±0.");
    assertThat(fused.json()).contains("\"spread\"");
  }

  @Test
  void whereMembersDisagreeFeaturesCountLess() {
    Attribution fused = Consensus.varianceWeighted(IG, GXI).explain(NET, X, TARGET);
    for (int i = 0; i < 8; i++) {
      double[] a = shares(row(IG, i));
      double[] b = shares(row(GXI, i));
      double[] spread = IntStream.range(0, 6).mapToDouble(j -> Math.abs(a[j] - b[j]) / 2).toArray();
      double floor = Arrays.stream(spread).average().orElseThrow();
      for (int j = 0; j < 6; j++) {
        assertThat(fused.scores().at(i, j))
            .isCloseTo((a[j] + b[j]) / 2 / (spread[j] + floor), within(1e-9));
      }
    }
    // Members that agree entirely leave nothing to divide by.
    Attribution same = Consensus.varianceWeighted(GXI, GXI).explain(NET, X, TARGET);
    assertThat(same.scores().slice(0, 2, 3).toDoubles())
        .containsExactly(shares(row(GXI, 2)), within(1e-12));
  }

  @Test
  void ranksHaveTheSignsOfTheScores() {
    Tensor x = Tensor.of(new double[][] {{5, -4, 0, 1, 1}});
    Attribution ranked = Consensus.ranks(GXI).explain(v -> v.sumKeep(1), x, Target.only());
    assertThat(ranked.scores().toDoubles())
        .containsExactly(new double[] {1, -.8, 0, .5, .5}, within(1e-12));
    Explainer opposed = new IntegratedGradients(ZEROS, Quadrature.midpoint(1), false);
    Attribution both = Consensus.ranks(GXI, opposed).explain(v -> v.sumKeep(1), x, Target.only());
    assertThat(both.scores().toDoubles())
        .containsExactly(new double[] {.8, -.1, .3, .55, .55}, within(1e-12));
  }

  @Test
  void faithfulMembersCountMore() {
    FaithfulnessCorrelation metric = FaithfulnessCorrelation.of(ZEROS);
    Consensus consensus = Consensus.faithful(metric, IG, DRAWS);
    double[] ig = metric.of(Explained.of(IG, NET, X, TARGET), Key.of(0));
    double[] draws = metric.of(Explained.of(DRAWS, NET, X, TARGET), Key.of(0));
    Attribution fused = consensus.explain(NET, X, TARGET);
    for (int i = 0; i < 8; i++) {
      double one = Math.max(0, ig[i]);
      double other = Math.max(0, draws[i]);
      for (int j = 0; j < 6; j++) {
        double expected =
            (one * shares(row(IG, i))[j] + other * shares(row(DRAWS, i))[j]) / (one + other);
        assertThat(fused.scores().at(i, j)).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void weightsFollowTheDirectionOfTheMetric() {
    Fusion.ByMetric higher = new Fusion.ByMetric(FaithfulnessCorrelation.of(ZEROS), 0);
    assertThat(higher.weights(.6, -.5, .2))
        .containsExactly(new double[] {.75, 0, .25}, within(1e-12));
    assertThat(higher.weights(-1, Double.NaN)).containsExactly(.5, .5);
    Fusion.ByMetric lower = new Fusion.ByMetric(Infidelity.of(ZEROS), 0);
    assertThat(lower.weights(1, 3, Double.NaN))
        .containsExactly(new double[] {.75, .25, 0}, within(1e-12));
    assertThat(lower.weights(0, 3, 0)).containsExactly(.5, 0, .5);
    assertThatThrownBy(() -> new Fusion.ByMetric(Deletion.to(ZEROS), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "weights need a metric that is best at 0 or at a highest number, got deletion with"
                + " -∞ … ∞, lower");
  }

  private static double infidelity(Explainer explainer) {
    Explained explained = Explained.of(explainer, NET, X, TARGET);
    return Arrays.stream(new Infidelity(REMOVAL, false).of(explained, Key.of(9))).sum();
  }

  private static Consensus optimised(Explainer... members) {
    return Consensus.optimised(List.of(members), NET, X, TARGET, REMOVAL, Key.of(9));
  }

  private static List<Double> weights(Consensus consensus) {
    return ((Fusion.Weighted) consensus.fusion()).weights();
  }

  @Test
  void noMixtureHasLessInfidelityThanTheOptimisedOne() {
    Explainer[] members = {IG, GXI, OCCLUSION};
    Consensus best = optimised(members);
    double least = infidelity(best);
    assertThat(weights(best)).allSatisfy(w -> assertThat(w).isBetween(0., 1.));
    assertThat(weights(best).stream().mapToDouble(w -> w).sum()).isCloseTo(1, within(1e-9));
    for (int a = 0; a <= 10; a++) {
      for (int b = 0; a + b <= 10; b++) {
        Fusion mixture = new Fusion.Weighted(List.of(a / 10.0, b / 10.0, (10 - a - b) / 10.0));
        double other = infidelity(new Consensus(List.of(members), Normalisation.NONE, mixture));
        assertThat(least).isLessThanOrEqualTo(other * (1 + 1e-9));
      }
    }
  }

  @Test
  void theExactMemberGetsAllTheWeight() {
    Tensor w = draw(7, 6, 1);
    Consensus best =
        Consensus.optimised(
            List.of(DRAWS, GXI, new Saliency()),
            v -> v.matmul(w),
            X,
            Target.only(),
            REMOVAL,
            Key.of(2));
    assertThat(weights(best))
        .satisfies(all -> {
          assertThat(all.get(1)).isCloseTo(1, within(1e-9));
          assertThat(all.get(0) + all.get(2)).isCloseTo(0, within(1e-9));
        });
    assertThat(weights(optimised(GXI, GXI)).get(0)).isBetween(0., 1.);
  }

  @Test
  void aMeanOfCompleteMembersIsComplete() {
    Consensus raw = Consensus.mean(IG, DeepLift.from(ZEROS)).normalised(Normalisation.NONE);
    assertThat(raw.completeness()).isEqualTo(Completeness.DIFFERENCE);
    Attribution fused = raw.explain(NET, X, TARGET);
    assertThat(fused.baselineOutput()).isNotNull();
    assertThat(fused.relativeResidual()).isLessThan(1e-6);
    assertThat(Consensus.mean(IG, GXI).normalised(Normalisation.NONE).completeness())
        .isEqualTo(Completeness.NONE);
    assertThat(Consensus.mean(IG, DeepLift.from(ZEROS)).completeness())
        .isEqualTo(Completeness.NONE);
  }

  @Test
  void normalisedScoresHaveTheSizeTheySay() {
    Tensor scores = Tensor.of(new double[][] {{3, -4}, {0, 0}});
    assertThat(Normalisation.SHARES.of(scores).toDoubles())
        .containsExactly(new double[] {3 / 7.0, -4 / 7.0, 0, 0}, within(1e-15));
    assertThat(Normalisation.NORM.of(scores).toDoubles()).containsExactly(.6, -.8, 0, 0);
    assertThat(Normalisation.LARGEST.of(scores).toDoubles()).containsExactly(.75, -1, 0, 0);
    assertThat(Normalisation.NONE.of(scores).toDoubles()).containsExactly(3, -4, 0, 0);
  }

  @Test
  void aConsensusOfTapesIsATapeWithDerivatives() {
    Explainer steps = IntegratedGradients.from(ZEROS).with(Quadrature.gaussLegendre(12));
    Tensor x = X.slice(0, 0, 2);
    Tensor v = draw(6, 2, 6);
    for (Consensus consensus :
        List.of(
            Consensus.mean(steps, GXI, OCCLUSION),
            Consensus.varianceWeighted(steps, GXI),
            optimised(steps, OCCLUSION).normalised(Normalisation.NORM))) {
      Tape<Tensor, Tensor> tape = Tape.record(in -> consensus.scores(NET, in, Target.at(1)), X);
      assertThat(tape.run(X).toDoubles())
          .containsExactly(
              consensus.explain(NET, X, Target.at(1)).scores().toDoubles(), within(1e-12));
      GradCheck.standard().check(in -> consensus.scores(NET, in, Target.at(1)).mul(v).sum(), x);
      Function<Tensor, Tensor> byWeights =
          w ->
              consensus.scores(in -> in.matmul(w).tanh().matmul(OUT), x, Target.at(1)).mul(v).sum();
      GradCheck.standard().check(byWeights, HIDDEN);
    }
  }

  @Test
  void aBatchGivesWhatItsExamplesGiveAlone() {
    for (Consensus consensus :
        List.of(
            Consensus.mean(IG, GXI),
            Consensus.varianceWeighted(IG, GXI),
            Consensus.ranks(IG, GXI),
            Consensus.faithful(FaithfulnessCorrelation.of(ZEROS), IG, GXI))) {
      Attribution all = consensus.explain(NET, X, Target.predicted());
      Attribution alone = consensus.explain(NET, X.slice(0, 3, 4), all.target().example(3));
      assertThat(alone.scores().toDoubles())
          .containsExactly(all.of(3).scores().toDoubles(), within(1e-7));
      assertThat(consensus.explain(NET, X, Target.predicted()).scores().sameAs(all.scores()))
          .isTrue();
      assertThat(consensus.explain(NET32, X.to(DType.F32), TARGET).scores().dtype())
          .isEqualTo(DType.F32);
    }
  }

  private static final Function<Tensor, Tensor> NET32 =
      v -> v.matmul(HIDDEN.to(DType.F32)).tanh().matmul(OUT.to(DType.F32));

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> Consensus.mean())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a consensus needs members, got none");
    assertThatThrownBy(() -> new Fusion.Weighted(List.of(.5, .6)))
        .hasMessage("a consensus needs weights of at least 0 with the sum 1, got [0.5, 0.6]");
    assertThatThrownBy(() ->
            new Consensus(List.of(IG), Normalisation.NONE, new Fusion.Weighted(List.of(.5, .5))))
        .hasMessage("a consensus of 1 members needs as many weights, got [0.5, 0.5]");
    assertThatThrownBy(() -> new Fusion.VarianceWeighted(0))
        .hasMessage("variance weighting needs a finite floor above 0, got 0.0");
    assertThatThrownBy(() -> Consensus.mean(GXI, DRAWS).scores(NET, X, TARGET))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("scores in Tensor language need members that have them, got random");
    assertThatThrownBy(() -> Consensus.ranks(GXI).scores(NET, X, TARGET))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("scores in Tensor language need a fusion that has them, got ranks");
    Explainer[] many = new Explainer[13];
    Arrays.fill(many, GXI);
    assertThatThrownBy(() -> optimised(many))
        .hasMessage("an optimised consensus needs 1 to 12 members, got 13");
    Function<Tensor, Tensor> broken = v -> NET.apply(v).mul(Double.NaN);
    assertThatThrownBy(
            () -> Consensus.optimised(List.of(GXI), broken, X, TARGET, REMOVAL, Key.of(1)))
        .hasMessage(
            "an optimised consensus needs members whose scores are finite, got some that are not");
  }
}
