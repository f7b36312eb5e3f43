package dev.backlight.explain;

import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Shapley values estimated from random orders, with their standard errors.
///
/// In one order regions turn one by one from the baseline into x, and each gets what the answer
/// grew by. The mean over all orders is the Shapley value; here it is the mean over drawn ones. An
/// order and its reverse are drawn together (an antithetic pair), which cancels what pairs of
/// regions do together, and the standard error is that of the mean over pairs. E. Strumbelj, I.
/// Kononenko, "An efficient explanation of individual classifications using game theory" (2010); R.
/// Mitchell et al., "Sampling permutations for Shapley value estimation" (2022).
///
/// Each example is asked until the largest of its standard errors is as small as requested, or the
/// pairs are used up. All examples get the same orders, so that a batch gives what its examples
/// give alone. Whatever the number of orders, the regions' values add up to `f(x) − f(baseline)`.
///
/// ```java
/// ShapleySampling.Estimate e =
///     ShapleySampling.from(Baseline.zeros()).until(0.01).estimate(mlp::apply, x, Target.at(2));
/// ```
///
/// @param baseline what stands for a region that is not there
/// @param regions what comes and goes together: every element in one region
/// @param pairs how many pairs of orders at most
/// @param standardError what is small enough, in units of the answer; 0 asks for all pairs
/// @param seed where draws begin
/// @param progress who is told how far it has come
public record ShapleySampling(
    Baseline baseline,
    Regions regions,
    int pairs,
    double standardError,
    long seed,
    Progress progress)
    implements Anytime {
  /// So many pairs must have been seen before a standard error is believed.
  private static final int FEWEST = 8;

  private static final int ROWS = 64;

  public ShapleySampling {
    if (pairs < 1) {
      throw new IllegalArgumentException(
          "shapley-sampling needs pairs of at least 1, got " + pairs);
    }
    Drawing.requireError("shapley-sampling", standardError);
  }

  /// Every element by itself, 100 pairs, seed 0.
  public static ShapleySampling from(Baseline baseline) {
    return new ShapleySampling(baseline, Regions.each(), 100, 0, 0, Progress.NONE);
  }

  /// With other regions.
  public ShapleySampling of(Regions other) {
    return new ShapleySampling(baseline, other, pairs, standardError, seed, progress);
  }

  /// With other numbers of pairs at most.
  public ShapleySampling pairs(int most) {
    return new ShapleySampling(baseline, regions, most, standardError, seed, progress);
  }

  @Override
  public ShapleySampling until(double enough) {
    return new ShapleySampling(baseline, regions, pairs, enough, seed, progress);
  }

  /// With other draws.
  public ShapleySampling seed(long other) {
    return new ShapleySampling(baseline, regions, pairs, standardError, other, progress);
  }

  @Override
  public ShapleySampling telling(Progress other) {
    return new ShapleySampling(baseline, regions, pairs, standardError, seed, other);
  }

  @Override
  public String name() {
    return "shapley-sampling";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("regions", regions.toString());
    all.put("pairs", pairs);
    all.put("standardError", standardError);
    all.put("seed", seed);
    return all;
  }

  @Override
  public Completeness completeness() {
    return regions.equals(Regions.each()) ? Completeness.DIFFERENCE : Completeness.NONE;
  }

  /// An estimate and how sure it is.
  ///
  /// @param attribution the means
  /// @param standardErrors of every score, of the shape of x; NaN after a single pair
  /// @param pairs how many pairs of orders each example was asked
  public record Estimate(Attribution attribution, Tensor standardErrors, List<Integer> pairs) {
    public Estimate {
      pairs = List.copyOf(pairs);
    }
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return estimate(model, x, target).attribution();
  }

  /// The explanation with its standard errors.
  public Estimate estimate(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireValues(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Tensor here = Recorded.scalars(model, x, decided);
    Tensor there = Recorded.scalars(model, base, decided);
    List<Tensor> scores = new ArrayList<>();
    List<Tensor> errors = new ArrayList<>();
    List<Integer> asked = new ArrayList<>();
    int players = 0;
    boolean stopped = false;
    for (int i = 0; i < x.size(0); i++) {
      Coalitions game =
          Coalitions.of(
              name(),
              model,
              x.slice(0, i, i + 1),
              Baseline.of(base.slice(0, i, i + 1)),
              regions,
              decided.example(i));
      players = game.players();
      Means means = means(game, value(there, i), value(here, i));
      scores.add(game.spread(row(means.mean, x)));
      errors.add(game.spread(row(means.errors(), x)));
      asked.add(means.pairs);
      stopped |= means.pairs < pairs && !means.enough();
    }
    int most = asked.stream().mapToInt(Integer::intValue).max().orElse(0);
    Attribution attribution =
        Attribution.of(this, x, decided, Tensor.concat(0, scores.toArray(Tensor[]::new)), here)
            .against(base, there)
            .evaluations(2 + 2L * (players - 1) * most)
            .seeded(seed);
    Tensor sure = Tensor.concat(0, errors.toArray(Tensor[]::new));
    if (stopped) {
      int least = asked.stream().mapToInt(Integer::intValue).min().orElse(0);
      attribution = attribution.partial(least, pairs, "pairs");
    }
    return new Estimate(attribution.spread(sure), sure, asked);
  }

  private static double value(Tensor all, int i) {
    return all.toDoubles()[i];
  }

  private static Tensor row(double[] values, Tensor like) {
    return Tensor.of(Shape.of(1, values.length), values).to(like.dtype());
  }

  private Means means(Coalitions game, double empty, double full) {
    int p = game.players();
    int inner = 2 * (p - 1);
    // A round does not depend on the machine, so neither does the pair at which it is enough.
    int round = Math.max(1, ROWS / Math.max(1, inner));
    Means means = new Means(p);
    while (means.pairs < pairs
        && !means.enough()
        && !(means.pairs >= FEWEST && progress.enough())) {
      List<int[]> orders = new ArrayList<>();
      for (int k = means.pairs; k < Math.min(means.pairs + round, pairs); k++) {
        int[] order = Key.of(seed).fold(k).permutation(p);
        orders.add(order);
        orders.add(reversed(order));
      }
      double[] values = onTheWay(game, orders);
      for (int k = 0; k < orders.size(); k += 2) {
        double[] one = new double[p];
        walk(orders.get(k), values, k * (p - 1), empty, full, one);
        walk(orders.get(k + 1), values, (k + 1) * (p - 1), empty, full, one);
        means.add(one);
      }
      progress.at((long) means.pairs * inner, (long) pairs * inner);
    }
    return means;
  }

  private static int[] reversed(int[] order) {
    int[] back = new int[order.length];
    for (int i = 0; i < back.length; i++) {
      back[i] = order[order.length - 1 - i];
    }
    return back;
  }

  /// The answers after the first region of each order, after the second, and so on; not after the
  /// last.
  private static double[] onTheWay(Coalitions game, List<int[]> orders) {
    int p = game.players();
    List<boolean[]> prefixes = new ArrayList<>();
    for (int[] order : orders) {
      boolean[] in = new boolean[p];
      for (int k = 0; k + 1 < p; k++) {
        in[order[k]] = true;
        prefixes.add(in.clone());
      }
    }
    double[] values = new double[prefixes.size()];
    int most = Batches.copies(game.x(), prefixes.size());
    for (int from = 0; from < values.length; from += most) {
      int to = Math.min(from + most, values.length);
      double[] some = game.values(prefixes.subList(from, to)).toDoubles();
      System.arraycopy(some, 0, values, from, some.length);
    }
    return values;
  }

  /// Adds half of what each region brought in one order, so that a pair adds up to its mean.
  private static void walk(
      int[] order, double[] values, int first, double empty, double full, double[] into) {
    double before = empty;
    for (int k = 0; k < order.length; k++) {
      double after = k + 1 < order.length ? values[first + k] : full;
      into[order[k]] += (after - before) / 2;
      before = after;
    }
  }

  /// Means and squared distances from them, kept up to date (B. Welford 1962).
  private final class Means {
    private final double[] mean;
    private final double[] squares;
    private int pairs;

    Means(int players) {
      mean = new double[players];
      squares = new double[players];
    }

    void add(double[] one) {
      pairs++;
      for (int i = 0; i < mean.length; i++) {
        double before = one[i] - mean[i];
        mean[i] += before / pairs;
        squares[i] += before * (one[i] - mean[i]);
      }
    }

    double[] errors() {
      return Arrays.stream(squares).map(s -> Math.sqrt(s / (pairs - 1.0) / pairs)).toArray();
    }

    boolean enough() {
      return standardError > 0
          && pairs >= FEWEST
          && Arrays.stream(errors()).allMatch(error -> error <= standardError);
    }
  }
}
