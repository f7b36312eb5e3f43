package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.Regions;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The papers' formulas, written again slowly, of a network that is no sum.
class PapersTest {
  private static final Key KEY = Key.of(4);
  private static final Tensor X = Oracles.draw(30, 2, 6).add(.2);
  private static final Tensor HIDDEN = Oracles.draw(31, 6, 5);
  private static final Tensor OUT = Oracles.draw(32, 5, 3);
  private static final Function<Tensor, Tensor> NET =
      v -> v.matmul(HIDDEN).tanh().named("hidden").matmul(OUT).add(4);
  private static final Explained SHARES =
      Explained.of(new GradientTimesInput(), NET, X, Target.at(2));
  private static final Explained SLOPES = Explained.of(new Saliency(), NET, X, Target.at(2));

  private static double f(double... x) {
    return NET.apply(Tensor.of(new double[][] {x})).at(0, 2);
  }

  private static double[] row(int i) {
    return X.slice(0, i, i + 1).toDoubles();
  }

  private static double[] without(double[] x, int... gone) {
    double[] rest = x.clone();
    IntStream.of(gone).forEach(j -> rest[j] = 0);
    return rest;
  }

  private static Integer[] highestFirst(double... scores) {
    Integer[] order = IntStream.range(0, scores.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble(j -> -scores[j]));
    return order;
  }

  @Test
  void infidelityIsTheMeanSquareOfMispredictions() {
    List<Tensor> noise = List.of(Oracles.draw(33, 2, 6), Oracles.draw(34, 2, 6).mul(.1));
    double[] got = new Infidelity(Perturbations.given(noise), false).of(SLOPES, KEY);
    for (int i = 0; i < 2; i++) {
      double sum = 0;
      for (Tensor all : noise) {
        double[] by = all.slice(0, i, i + 1).toDoubles();
        double[] there = row(i);
        double predicted = 0;
        for (int j = 0; j < 6; j++) {
          there[j] -= by[j];
          predicted += by[j] * SLOPES.scores()[i][j];
        }
        sum += Math.pow(predicted - (f(row(i)) - f(there)), 2);
      }
      assertThat(got[i]).isCloseTo(sum / 2, within(1e-12));
    }
  }

  @Test
  void areasOverThePerturbationCurveAreMeansOfLosses() {
    Regions pairs = Regions.groups(0, 0, 1, 1, 2, 2);
    double[] aopc = RegionPerturbation.of(pairs, Baseline.zeros()).of(SHARES, KEY);
    double[] irof = Irof.of(pairs, Baseline.zeros()).of(SHARES, KEY);
    double[] selectivity = new Selectivity(pairs, Replacement.by(Baseline.zeros())).of(SHARES, KEY);
    for (int i = 0; i < 2; i++) {
      double[] s = SHARES.scores()[i];
      Integer[] order = highestFirst(s[0] + s[1], s[2] + s[3], s[4] + s[5]);
      double[] x = row(i);
      double[] curve = new double[4];
      curve[0] = f(x);
      for (int k = 1; k < 4; k++) {
        x = without(x, 2 * order[k - 1], 2 * order[k - 1] + 1);
        curve[k] = f(x);
      }
      double area = (curve[0] / 2 + curve[1] + curve[2] + curve[3] / 2) / 3;
      assertThat(aopc[i])
          .isCloseTo(curve[0] - Arrays.stream(curve).average().orElseThrow(), within(1e-12));
      assertThat(selectivity[i]).isCloseTo(area, within(1e-12));
      assertThat(irof[i]).isCloseTo(1 - area / curve[0], within(1e-12));
    }
  }

  @Test
  void faithfulnessCorrelationIsPearsonsOverSubsets() {
    FaithfulnessCorrelation metric =
        new FaithfulnessCorrelation(Replacement.by(Baseline.zeros()), 1 / 3.0, 15);
    double[] got = metric.of(SHARES, KEY);
    for (int i = 0; i < 2; i++) {
      List<double[]> pairs = new ArrayList<>();
      for (int k = 0; k < 15; k++) {
        boolean[] subset = Subsets.draw(6, 2, KEY.fold(k).fold(0));
        int[] gone = IntStream.range(0, 6).filter(j -> subset[j]).toArray();
        assertThat(gone).hasSize(2);
        double sum = SHARES.scores()[i][gone[0]] + SHARES.scores()[i][gone[1]];
        pairs.add(new double[] {sum, f(row(i)) - f(without(row(i), gone))});
      }
      double a = pairs.stream().mapToDouble(p -> p[0]).average().orElseThrow();
      double b = pairs.stream().mapToDouble(p -> p[1]).average().orElseThrow();
      double ab = pairs.stream().mapToDouble(p -> (p[0] - a) * (p[1] - b)).sum();
      double aa = pairs.stream().mapToDouble(p -> (p[0] - a) * (p[0] - a)).sum();
      double bb = pairs.stream().mapToDouble(p -> (p[1] - b) * (p[1] - b)).sum();
      assertThat(got[i]).isCloseTo(ab / Math.sqrt(aa * bb), within(1e-12));
    }
  }

  @Test
  void imputationSolvesForAllMissingPixelsAtOnce() {
    int h = 4;
    int w = 5;
    boolean[] gone = Subsets.draw(h * w, 13, KEY);
    double[] pixels = Oracles.draw(35, h * w).toDoubles();
    double[][] system = new double[h * w][h * w];
    double[] right = new double[h * w];
    for (int p = 0; p < h * w; p++) {
      if (!gone[p]) {
        system[p][p] = 1;
        right[p] = pixels[p];
        continue;
      }
      for (int q = 0; q < h * w; q++) {
        int down = Math.abs(p / w - q / w);
        int across = Math.abs(p % w - q % w);
        if (p != q && down <= 1 && across <= 1) {
          double weight = down + across == 1 ? 1 / 6.0 : 1 / 12.0;
          system[p][p] += weight;
          system[p][q] -= weight;
        }
      }
    }
    Tensor x = Tensor.of(pixels).reshape(1, h * w);
    double[] solved = Tensor.of(system).solve(Tensor.of(right).reshape(h * w, 1)).toDoubles();
    assertThat(Replacement.imputed(h, w, 0).of(x, Subsets.mask(x, gone), KEY).toDoubles())
        .containsExactly(solved, within(1e-9));
    double[] noisy = Replacement.imputed(h, w, .1).of(x, Subsets.mask(x, gone), KEY).toDoubles();
    for (int p = 0; p < h * w; p++) {
      double off = Math.abs(noisy[p] - solved[p]);
      assertThat(off).isBetween(gone[p] ? 1e-6 : 0, gone[p] ? .5 : 1e-12);
    }
    boolean[] all = new boolean[h * w];
    Arrays.fill(all, true);
    assertThat(Replacement.imputed(h, w, 0).of(x, Subsets.mask(x, all), KEY).toDoubles())
        .containsOnly(new double[] {Arrays.stream(pixels).average().orElseThrow()}, within(1e-12));
  }

  @Test
  void relativeStabilitiesAreQuotientsOfRelativeChanges() {
    Perturbations near = Perturbations.uniform(.02, 6);
    double[] input = new RelativeStability(RelativeStability.Of.INPUT, "", near).of(SLOPES, KEY);
    double[] output = new RelativeStability(RelativeStability.Of.OUTPUT, "", near).of(SLOPES, KEY);
    RelativeStability hidden = new RelativeStability(RelativeStability.Of.REPRESENTATION, "", near);
    double[] representation = hidden.of(SLOPES, KEY);
    assertThat(hidden.at("hidden").of(SLOPES, KEY)).containsExactly(representation);
    double[][] most = new double[3][2];
    for (Perturbations.Move move : near.around(X, KEY)) {
      Tensor there = X.sub(move.by());
      double[][] scores = Rows.of(new Saliency().explain(NET, there, Target.at(2)).scores());
      for (int i = 0; i < 2; i++) {
        double moved = relative(SLOPES.scores()[i], scores[i]);
        double[] before = Rows.of(NET.apply(X))[i];
        double[] after = Rows.of(NET.apply(there))[i];
        assertThat(Ranks.descending(before)[0]).isEqualTo(Ranks.descending(after)[0]);
        double outputs = 0;
        for (int c = 0; c < 3; c++) {
          outputs += (before[c] - after[c]) * (before[c] - after[c]) / 3;
        }
        double layer =
            relative(Rows.of(X.matmul(HIDDEN).tanh())[i], Rows.of(there.matmul(HIDDEN).tanh())[i]);
        most[0][i] = Math.max(most[0][i], moved / relative(row(i), Rows.of(there)[i]));
        most[1][i] = Math.max(most[1][i], moved / Math.sqrt(outputs));
        most[2][i] = Math.max(most[2][i], moved / layer);
      }
    }
    assertThat(input).containsExactly(most[0], within(1e-9));
    assertThat(output).containsExactly(most[1], within(1e-9));
    assertThat(representation).containsExactly(most[2], within(1e-9));
  }

  @Test
  void continuityIsTheStrongestVariationOverTheMove() {
    Perturbations near = Perturbations.normal(.02, 5);
    double[] most = new double[2];
    for (Perturbations.Move move : near.around(X, KEY)) {
      double[] there =
          new GradientTimesInput()
              .explain(NET, X.sub(move.by()), Target.at(2))
              .scores()
              .toDoubles();
      double[] by = move.by().toDoubles();
      for (int i = 0; i < 2; i++) {
        double changes = 0;
        double way = 0;
        for (int j = 0; j < 6; j++) {
          changes += Math.abs(there[i * 6 + j] - SHARES.scores()[i][j]);
          way += by[i * 6 + j] * by[i * 6 + j];
        }
        most[i] = Math.max(most[i], changes / Math.sqrt(way));
      }
    }
    assertThat(new Continuity(near).of(SHARES, KEY)).containsExactly(most, within(1e-9));
  }

  private static double relative(double[] from, double[] to) {
    double sum = 0;
    for (int j = 0; j < from.length; j++) {
      sum += Math.pow((from[j] - to[j]) / from[j], 2) / from.length;
    }
    return Math.sqrt(sum);
  }

  @Test
  void contributionsToASumHaveARelativeInputStabilityOfOne() {
    Function<Tensor, Tensor> sum = v -> v.sumKeep(1);
    Explained exact = Explained.of(new GradientTimesInput(), sum, X, Target.only());
    assertThat(RelativeStability.input(.01).of(exact, KEY))
        .containsExactly(new double[] {1, 1}, within(1e-6));
  }

  @Test
  void modelsAreRandomisedLayerByLayerFromTheTop() {
    // By hand: the same draws, given the parameters in the order in which the network reads them.
    Tensor hidden = drawn(HIDDEN, KEY.fold(0));
    Tensor out = drawn(OUT, KEY.fold(1));
    double[][] here = SHARES.scores();
    List<Function<Tensor, Tensor>> models =
        List.of(
            v -> v.matmul(HIDDEN).tanh().matmul(out).add(4),
            v -> v.matmul(hidden).tanh().matmul(out).add(4));
    double[] plain = new double[2];
    for (Function<Tensor, Tensor> model : models) {
      double[][] there = Rows.of(new GradientTimesInput().explain(model, X, Target.at(2)).scores());
      for (int i = 0; i < 2; i++) {
        plain[i] += Ranks.pearson(Ranks.of(abs(here[i])), Ranks.of(abs(there[i]))) / 2;
      }
    }
    assertThat(new ModelRandomisation().of(SHARES, KEY)).containsExactly(plain, within(1e-12));
    assertThat(RandomisedModel.layers(NET, X)).isEqualTo(2);
    assertThat(RandomisedModel.of(NET, 1, KEY).apply(X).toDoubles())
        .containsExactly(models.get(0).apply(X).toDoubles(), within(1e-12));
    assertThat(RandomisedModel.of(NET, 2, KEY).apply(X.slice(0, 0, 1)).toDoubles())
        .containsExactly(models.get(1).apply(X.slice(0, 0, 1)).toDoubles(), within(1e-12));
  }

  private static double[] abs(double... values) {
    return Arrays.stream(values).map(Math::abs).toArray();
  }

  private static Tensor drawn(Tensor parameter, Key key) {
    double[] all = parameter.toDoubles();
    double mean = Arrays.stream(all).average().orElseThrow();
    double variance = Arrays.stream(all).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    return key.normal(parameter.shape(), DType.F64).mul(Math.sqrt(variance)).add(mean);
  }

  @Test
  void biasesBelongToTheWeightBeforeThem() {
    Tensor bias = Oracles.draw(36, 5);
    Function<Tensor, Tensor> net = v -> v.matmul(HIDDEN).add(bias).tanh().matmul(OUT);
    assertThat(RandomisedModel.layers(net, X)).isEqualTo(2);
    double[] expected =
        X.matmul(HIDDEN).add(bias).tanh().matmul(drawn(OUT, KEY.fold(2))).toDoubles();
    assertThat(RandomisedModel.of(net, 1, KEY).apply(X).toDoubles())
        .containsExactly(expected, within(1e-12));
    assertThat(RandomisedModel.layers(v -> v.tanh(), X)).isZero();
  }

  @Test
  void histogramsOfRandomisedExplanationsAreMoreComplex() {
    // One of two weights is 0; drawn anew, no two scores are alike: entropy ln 2 becomes ln 4.
    Tensor w = Tensor.of(new double[][] {{1}, {1}, {0}, {0}});
    Function<Tensor, Tensor> sum = v -> v.matmul(w);
    Tensor ones = Tensor.ones(Shape.of(1, 4), DType.F64);
    Explained exact = Explained.of(new Saliency(), sum, ones, Target.only());
    assertThat(new EfficientModelRandomisation(1000).of(exact, KEY))
        .containsExactly(new double[] {1}, within(1e-12));
  }
}
