package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Shapley values as the coefficients of a linear model of coalitions, fitted by least squares:
/// `min Σ_S π(S) (v(S) − v(∅) − Σ_{i∈S} φ_i)²` under `Σ φ_i = v(all) − v(∅)`, with the weight `π(S)
/// = (p − 1) / (C(p, |S|) |S| (p − |S|))`.
///
/// Where all coalitions fit into the samples they are all asked, and the result is exact. Otherwise
/// sizes are drawn as the weights say, members evenly, and each coalition comes with its
/// complement. S. Lundberg, S.-I. Lee, "A unified approach to interpreting model predictions"
/// (2017); I. Covert, S.-I. Lee, "Improving KernelSHAP" (2021).
///
/// A region's value is written on every element of it; the values of the regions add up to `f(x) −
/// f(baseline)`. All examples get the same coalitions. Beside each value stands its standard error,
/// 0 where the result is exact, and [#until] stops at one.
///
/// @param baseline what stands for a region that is not there
/// @param regions what comes and goes together: every element in one region
/// @param samples how many coalitions to ask at most, in pairs, besides none and all
/// @param standardError at which an example is not asked further, in units of the answer; 0 asks
///   for all samples
/// @param seed where draws begin
/// @param progress who is told how far it has come
public record KernelShap(
    Baseline baseline,
    Regions regions,
    int samples,
    double standardError,
    long seed,
    Progress progress)
    implements Drawing {
  public KernelShap {
    if (samples < 2) {
      throw new IllegalArgumentException("kernel-shap needs samples of at least 2, got " + samples);
    }
    Drawing.requireError("kernel-shap", standardError);
  }

  /// Every element by itself, 2048 samples, seed 0.
  public static KernelShap from(Baseline baseline) {
    return new KernelShap(baseline, Regions.each(), 2048, 0, 0, Progress.NONE);
  }

  /// With other regions.
  public KernelShap of(Regions other) {
    return new KernelShap(baseline, other, samples, standardError, seed, progress);
  }

  /// With another number of samples at most.
  public KernelShap samples(int most) {
    return new KernelShap(baseline, regions, most, standardError, seed, progress);
  }

  /// With other draws.
  public KernelShap seed(long other) {
    return new KernelShap(baseline, regions, samples, standardError, other, progress);
  }

  @Override
  public KernelShap until(double enough) {
    return new KernelShap(baseline, regions, samples, enough, seed, progress);
  }

  @Override
  public KernelShap telling(Progress other) {
    return new KernelShap(baseline, regions, samples, standardError, seed, other);
  }

  @Override
  public String name() {
    return "kernel-shap";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("regions", regions.toString());
    all.put("samples", samples);
    if (stops()) {
      all.put("standardError", standardError);
    }
    all.put("seed", seed);
    return all;
  }

  @Override
  public Completeness completeness() {
    return regions.equals(Regions.each()) ? Completeness.DIFFERENCE : Completeness.NONE;
  }

  @Override
  public Tensor mean(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Coalitions game = Coalitions.of(name(), model, x, baseline, regions, decided);
    Tensor here = Recorded.scalars(model, x, decided);
    Tensor there = Recorded.scalars(model, game.base(), decided);
    return game.spread(new Asked(game, here, there).all().scores);
  }

  /// Scores of players and their standard errors, (n, players), of how many coalitions they are,
  /// and how many there were to ask.
  private record Estimate(Tensor scores, Tensor errors, int asked, int most) {}

  /// A game, and what it is worth with all players and with none.
  private final class Asked {
    private final Coalitions game;
    private final Tensor growth;
    private final Tensor there;
    private final List<boolean[]> coalitions;

    Asked(Coalitions game, Tensor here, Tensor there) {
      this.game = game;
      this.there = there.unsqueeze(1);
      growth = here.sub(there).unsqueeze(1);
      coalitions = coalitions(game.players());
    }

    Estimate all() {
      if (coalitions.isEmpty()) {
        return new Estimate(growth, growth.mul(0), 0, 0);
      }
      // Of all coalitions in order, a part says nothing.
      boolean exact = isExact(game.players());
      Tensor values =
          game.ask(
              coalitions,
              exact ? (done, most) -> progress.at(done, most) : progress,
              some -> !exact && stops() && isEnough(some));
      Fit fit = fit(values.size(1));
      Tensor scores = scores(values, fit);
      return new Estimate(scores, errors(values, fit, scores), values.size(1), coalitions.size());
    }

    private boolean isEnough(Tensor values) {
      int asked = values.size(1);
      // Before, the fit leaves nothing to doubt, or cannot be made.
      if (asked < 2 * game.players()) {
        return false;
      }
      Fit fit = fit(asked);
      return KernelShap.this.isEnough(asked, errors(values, fit, scores(values, fit)));
    }

    private Fit fit(int asked) {
      return KernelShap.this.fit(game.players(), coalitions.subList(0, asked));
    }

    /// φ = P Σ π z (v − v(∅)) + (v(all) − v(∅)) share, so v(∅) is taken off the values as one more
    /// row.
    private Tensor scores(Tensor values, Fit fit) {
      return growth
          .matmul(row(fit.share, values.dtype()))
          .add(game.weighted(values, fit.weights))
          .sub(there.matmul(row(fit.sum(), values.dtype())));
    }

    private Tensor errors(Tensor values, Fit fit, Tensor scores) {
      if (isExact(game.players())) {
        return scores.mul(0);
      }
      Tensor linear = game.linear(scores, coalitions.subList(0, values.size(1)));
      Tensor left = values.sub(there.expand(values.shape())).sub(linear);
      return game.errors(left, fit.weights, 2, game.players() - 1);
    }
  }

  private static Tensor row(double[] values, DType dtype) {
    Block block = Block.allocate(Spec.of(Shape.of(1, values.length), dtype));
    for (int i = 0; i < values.length; i++) {
      block.set(i, values[i]);
    }
    return Tensor.over(block);
  }

  @Override
  public Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Coalitions game = Coalitions.of(name(), model, x, baseline, regions, decided);
    Tensor here = Recorded.scalars(model, x, decided);
    Tensor there = Recorded.scalars(model, game.base(), decided);
    Estimate made = new Asked(game, here, there).all();
    Attribution a =
        Attribution.of(this, x, decided, game.spread(made.scores), here)
            .against(game.base(), there)
            .evaluations(2L + made.asked)
            .seeded(seed);
    return labelled(a, game.spread(made.errors), made.asked, made.most, "samples");
  }

  // ---- the fit, which the model has no part in ----

  /// What each coalition's value weighs in each player's score, and the player's share in the
  /// growth from none to all.
  private record Fit(List<double[]> weights, double[] share) {
    double[] sum() {
      double[] sum = new double[share.length];
      for (double[] row : weights) {
        for (int i = 0; i < row.length; i++) {
          sum[i] += row[i];
        }
      }
      return sum;
    }
  }

  private boolean isExact(int players) {
    return players < 31 && (1L << players) - 2 <= samples;
  }

  private List<boolean[]> coalitions(int p) {
    List<boolean[]> coalitions = new ArrayList<>();
    if (p > 1 && isExact(p)) {
      for (int k = 1; k < (1 << p) - 1; k++) {
        coalitions.add(Coalitions.members(k, p));
      }
    } else if (p > 1) {
      draw(p, coalitions);
    }
    return coalitions;
  }

  private Fit fit(int p, List<boolean[]> coalitions) {
    List<Double> weights = new ArrayList<>();
    for (boolean[] in : coalitions) {
      int size = 0;
      for (boolean member : in) {
        size += member ? 1 : 0;
      }
      weights.add(isExact(p) ? 1 / (choose(p, size) * size * (p - size)) : 1.0);
    }
    double[][] inverse = Coefficients.inverse(normal(p, coalitions, weights));
    if (inverse == null) {
      throw new IllegalArgumentException(
          "kernel-shap needs more samples to tell "
              + p
              + " regions apart, got "
              + coalitions.size());
    }
    double[] rows = new double[p];
    double total = 0;
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < p; j++) {
        rows[i] += inverse[i][j];
      }
      total += rows[i];
    }
    double[] share = new double[p];
    for (int i = 0; i < p; i++) {
      share[i] = rows[i] / total;
    }
    List<double[]> all = new ArrayList<>();
    for (int k = 0; k < coalitions.size(); k++) {
      boolean[] in = coalitions.get(k);
      double[] row = new double[p];
      double sum = 0;
      for (int j = 0; j < p; j++) {
        if (in[j]) {
          sum += rows[j];
          for (int i = 0; i < p; i++) {
            row[i] += inverse[i][j];
          }
        }
      }
      for (int i = 0; i < p; i++) {
        row[i] = weights.get(k) * (row[i] - share[i] * sum);
      }
      all.add(row);
    }
    return new Fit(all, share);
  }

  private static double choose(int n, int k) {
    double choices = 1;
    for (int i = 1; i <= k; i++) {
      choices = choices * (n - k + i) / i;
    }
    return choices;
  }

  /// `Σ π z zᵀ`.
  private static double[][] normal(int p, List<boolean[]> coalitions, List<Double> weights) {
    double[][] a = new double[p][p];
    for (int k = 0; k < coalitions.size(); k++) {
      boolean[] in = coalitions.get(k);
      for (int i = 0; i < p; i++) {
        for (int j = 0; in[i] && j < p; j++) {
          a[i][j] += in[j] ? weights.get(k) : 0;
        }
      }
    }
    return a;
  }

  /// Coalitions and their complements, sizes drawn as `1 / (s (p − s))`.
  private void draw(int p, List<boolean[]> into) {
    double[] upTo = new double[p];
    for (int s = 1; s < p; s++) {
      upTo[s] = upTo[s - 1] + 1.0 / ((double) s * (p - s));
    }
    for (int k = 0; k < samples / 2; k++) {
      Key.Pair keys = Key.of(seed).fold(k).split();
      double at = keys.first().uniform(Shape.of(1), DType.F64).at(0) * upTo[p - 1];
      int size = 1;
      while (size < p - 1 && at >= upTo[size]) {
        size++;
      }
      boolean[] in = new boolean[p];
      boolean[] others = new boolean[p];
      Arrays.fill(others, true);
      int[] order = keys.second().permutation(p);
      for (int i = 0; i < size; i++) {
        in[order[i]] = true;
        others[order[i]] = false;
      }
      into.add(in);
      into.add(others);
    }
  }
}
