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

/// The coefficients of a linear model that imitates the answer near x: regions are kept or replaced
/// by the baseline at random, and ridge regression says how much the answer owes to each being
/// kept.
///
/// `min Σ_S w(S) (v(S) − c − Σ_{i∈S} β_i)² + λ Σ β_i²`, where a region is in S with probability ½
/// and `w(S) = exp(−d² / width²)` with the cosine distance to x, `d = 1 − √(|S| / p)`. The first S
/// has all regions. M. Ribeiro, S. Singh, C. Guestrin, "Why should I trust you? Explaining the
/// predictions of any classifier" (2016).
///
/// A region's coefficient is written on every element of it, in units of the answer. Coefficients
/// add up to nothing in particular. All examples get the same coalitions. Beside each coefficient
/// stands its standard error, and [#until] stops at one; it knows of the draws, not of what λ draws
/// towards 0.
///
/// @param baseline what stands for a region that is not kept
/// @param regions what comes and goes together: every element in one region
/// @param samples how many coalitions to ask
/// @param width how far from x is near
/// @param ridge λ, which draws coefficients towards 0
/// @param standardError at which an example is not asked further, in units of the answer; 0 asks
///   for all samples
/// @param seed where draws begin
/// @param progress who is told how far it has come
public record Lime(
    Baseline baseline,
    Regions regions,
    int samples,
    double width,
    double ridge,
    double standardError,
    long seed,
    Progress progress)
    implements Drawing {
  public Lime {
    if (samples < 2) {
      throw new IllegalArgumentException("lime needs samples of at least 2, got " + samples);
    }
    if (!(width > 0 && width < Double.POSITIVE_INFINITY)
        || !(ridge >= 0 && ridge < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "lime needs a finite width above 0 and a finite ridge of at least 0, got "
              + width
              + " and "
              + ridge);
    }
    Drawing.requireError("lime", standardError);
  }

  /// Every element by itself, and the paper's numbers: 1000 samples, width ¼, ridge 1; seed 0.
  public static Lime from(Baseline baseline) {
    return new Lime(baseline, Regions.each(), 1000, 0.25, 1, 0, 0, Progress.NONE);
  }

  /// With other regions.
  public Lime of(Regions other) {
    return new Lime(baseline, other, samples, width, ridge, standardError, seed, progress);
  }

  /// With another number of samples.
  public Lime samples(int count) {
    return new Lime(baseline, regions, count, width, ridge, standardError, seed, progress);
  }

  /// With another width of what is near.
  public Lime width(double other) {
    return new Lime(baseline, regions, samples, other, ridge, standardError, seed, progress);
  }

  /// With another λ.
  public Lime ridge(double other) {
    return new Lime(baseline, regions, samples, width, other, standardError, seed, progress);
  }

  /// With other draws.
  public Lime seed(long other) {
    return new Lime(baseline, regions, samples, width, ridge, standardError, other, progress);
  }

  @Override
  public Lime until(double enough) {
    return new Lime(baseline, regions, samples, width, ridge, enough, seed, progress);
  }

  @Override
  public Lime telling(Progress other) {
    return new Lime(baseline, regions, samples, width, ridge, standardError, seed, other);
  }

  @Override
  public String name() {
    return "lime";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("regions", regions.toString());
    all.put("samples", samples);
    all.put("width", width);
    all.put("ridge", ridge);
    if (stops()) {
      all.put("standardError", standardError);
    }
    all.put("seed", seed);
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  @Override
  public Tensor mean(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Coalitions game = Coalitions.of(name(), model, x, baseline, regions, decided);
    List<boolean[]> coalitions = draw(game.players());
    Tensor values = game.ask(coalitions, progress, _ -> false);
    return game.spread(game.weighted(values, fit(coalitions, values).weights));
  }

  private Fit fit(List<boolean[]> coalitions, Tensor values) {
    return fit(coalitions.subList(0, values.size(1)));
  }

  /// The standard errors of coefficients, (n, players).
  private static Tensor errors(
      Coalitions game, List<boolean[]> coalitions, Tensor values, Fit fit, Tensor scores) {
    int asked = values.size(1);
    Tensor linear = game.linear(scores, coalitions.subList(0, asked));
    Tensor off = values.sub(linear);
    Tensor middle = off.matmul(Tensor.of(fit.near).to(off.dtype()).reshape(asked, 1));
    return game.errors(off.sub(middle.expand(off.shape())), fit.weights, 1, game.players() + 1);
  }

  @Override
  public Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Coalitions game = Coalitions.of(name(), model, x, baseline, regions, decided);
    List<boolean[]> coalitions = draw(game.players());
    Tensor values =
        game.ask(
            coalitions,
            progress,
            some -> {
              if (!stops() || some.size(1) <= game.players() + 1) {
                return false;
              }
              Fit fit = fit(coalitions, some);
              Tensor scores = game.weighted(some, fit.weights);
              return isEnough(some.size(1), errors(game, coalitions, some, fit, scores));
            });
    int asked = values.size(1);
    Fit fit = fit(coalitions, values);
    Tensor scores = game.weighted(values, fit.weights);
    Tensor errors = errors(game, coalitions, values, fit, scores);
    Attribution a =
        Attribution.of(this, x, decided, game.spread(scores), Recorded.scalars(model, x, decided))
            .against(game.base(), Recorded.scalars(model, game.base(), decided))
            .evaluations(2L + asked)
            .seeded(seed);
    return labelled(a, game.spread(errors), asked, samples, "samples");
  }

  private List<boolean[]> draw(int p) {
    List<boolean[]> coalitions = new ArrayList<>();
    boolean[] all = new boolean[p];
    Arrays.fill(all, true);
    coalitions.add(all);
    for (int k = 1; k < samples; k++) {
      double[] kept = Key.of(seed).fold(k).bernoulli(Shape.of(p), 0.5).toDoubles();
      boolean[] in = new boolean[p];
      for (int i = 0; i < p; i++) {
        in[i] = kept[i] != 0;
      }
      coalitions.add(in);
    }
    return coalitions;
  }

  /// What the value of each coalition weighs in each coefficient, and how near it is, in sum 1.
  record Fit(List<double[]> weights, double[] near) {}

  /// `(Z̄ᵀ W Z̄ + λ I)⁻¹ Z̄ᵀ W`, where Z̄ is Z less its weighted mean; that also takes the mean off
  /// the values.
  Fit fit(List<boolean[]> coalitions) {
    int p = coalitions.getFirst().length;
    double[] near = new double[coalitions.size()];
    double[] mean = new double[p];
    double total = 0;
    for (int k = 0; k < near.length; k++) {
      boolean[] in = coalitions.get(k);
      int size = 0;
      for (boolean member : in) {
        size += member ? 1 : 0;
      }
      double distance = 1 - Math.sqrt((double) size / p);
      near[k] = Math.exp(-distance * distance / (width * width));
      total += near[k];
      for (int i = 0; i < p; i++) {
        mean[i] += in[i] ? near[k] : 0;
      }
    }
    for (int i = 0; i < p; i++) {
      mean[i] /= total;
    }
    double[][] a = new double[p][p];
    List<double[]> rows = new ArrayList<>();
    for (int k = 0; k < near.length; k++) {
      double[] row = new double[p];
      for (int i = 0; i < p; i++) {
        row[i] = (coalitions.get(k)[i] ? 1 : 0) - mean[i];
      }
      for (int i = 0; i < p; i++) {
        for (int j = 0; j < p; j++) {
          a[i][j] += near[k] * row[i] * row[j];
        }
      }
      rows.add(row);
    }
    for (int i = 0; i < p; i++) {
      a[i][i] += ridge;
    }
    double[][] inverse = Coefficients.inverse(a);
    if (inverse == null) {
      throw new IllegalArgumentException(
          "lime needs more samples or a ridge above 0 to tell "
              + p
              + " regions apart, got "
              + coalitions.size()
              + " and "
              + ridge);
    }
    List<double[]> weights = new ArrayList<>();
    for (int k = 0; k < near.length; k++) {
      double[] row = rows.get(k);
      double[] weight = new double[p];
      for (int i = 0; i < p; i++) {
        for (int j = 0; j < p; j++) {
          weight[i] += near[k] * inverse[i][j] * row[j];
        }
      }
      weights.add(weight);
    }
    double all = total;
    return new Fit(weights, Arrays.stream(near).map(w -> w / all).toArray());
  }
}
