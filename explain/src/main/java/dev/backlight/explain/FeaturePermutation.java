package dev.backlight.explain;

import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the answer loses on average when a region of the input is taken from another example: `mean
/// over rows r of f(x) − f(x with the region of r)`.
///
/// The rows are drawn from data without replacement, so a region keeps the values that it has in
/// the data, and only its company is unusual. The mean over many examples is permutation
/// importance. L. Breiman, "Random forests" (2001); A. Fisher, C. Rudin, F. Dominici, "All models
/// are wrong, but many are useful" (2019).
///
/// Where regions overlap their losses are averaged. All examples get the same rows; rows of the
/// data do not depend on the batch, so a batch gives what its examples give alone. Beside each
/// score stands its standard error, as an estimate of the mean over all rows, and [#until] stops at
/// one.
///
/// @param data where other values are from, (m, …)
/// @param regions what is exchanged together
/// @param draws how many rows; as many as the data has is exact
/// @param standardError at which an example is not asked further, in units of the answer; 0 asks
///   for all rows
/// @param seed where draws begin
/// @param progress who is told how far it has come
public record FeaturePermutation(
    Tensor data, Regions regions, int draws, double standardError, long seed, Progress progress)
    implements Drawing {
  public FeaturePermutation {
    if (!data.dtype().isFloat()) {
      throw new DTypeException("feature-permutation needs data of F32 or F64, got " + data.dtype());
    }
    if (data.rank() == 0 || data.size(0) == 0) {
      throw new ShapeException(
          "feature-permutation needs data (m, …) with m >= 1, got " + data.shape());
    }
    if (draws < 1 || draws > data.size(0)) {
      throw new IllegalArgumentException(
          "feature-permutation needs draws in 1.." + data.size(0) + ", got " + draws);
    }
    Drawing.requireError("feature-permutation", standardError);
  }

  /// Every element by itself, ten rows or as many as there are, seed 0.
  public static FeaturePermutation among(Tensor data) {
    int rows = data.rank() == 0 ? 0 : data.size(0);
    return new FeaturePermutation(
        data, Regions.each(), Math.max(1, Math.min(10, rows)), 0, 0, Progress.NONE);
  }

  /// With other regions.
  public FeaturePermutation of(Regions other) {
    return new FeaturePermutation(data, other, draws, standardError, seed, progress);
  }

  /// With another number of rows.
  public FeaturePermutation draws(int count) {
    return new FeaturePermutation(data, regions, count, standardError, seed, progress);
  }

  /// With other draws.
  public FeaturePermutation seed(long other) {
    return new FeaturePermutation(data, regions, draws, standardError, other, progress);
  }

  @Override
  public FeaturePermutation until(double enough) {
    return new FeaturePermutation(data, regions, draws, enough, seed, progress);
  }

  @Override
  public FeaturePermutation telling(Progress other) {
    return new FeaturePermutation(data, regions, draws, standardError, seed, other);
  }

  @Override
  public String name() {
    return "feature-permutation";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("rows", data.size(0));
    all.put("regions", regions.toString());
    all.put("draws", draws);
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
    return means(model, x, decided, Recorded.scalars(model, x, decided), null).scores();
  }

  private Means means(
      Function<Tensor, Tensor> model,
      Tensor x,
      Target decided,
      Tensor here,
      @Nullable Moments moments) {
    int[] order = Key.of(seed).permutation(data.size(0));
    int each = regions.of(x.shape().without(0)).size();
    Tensor sum = Tensor.zeros(x.shape(), x.dtype());
    int asked = 0;
    while (asked < draws && (asked == 0 || !progress.enough())) {
      Baseline row = Baseline.of(data.slice(0, order[asked], order[asked] + 1).to(x.dtype()));
      Tensor one = new Occlusion(row, regions).scores(model, x, decided, here);
      sum = sum.add(one);
      asked++;
      if (moments != null) {
        moments.add(one);
      }
      progress.at((long) asked * each, (long) draws * each);
      if (moments != null && stops() && isEnough(asked, errors(moments))) {
        break;
      }
    }
    return new Means(sum.div(asked), asked);
  }

  /// Rows are not drawn twice, so all of the data leave nothing to doubt.
  private Tensor errors(Moments moments) {
    return moments.errorsAmong(data.size(0));
  }

  @Override
  public Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Tensor here = Recorded.scalars(model, x, decided);
    int each = regions.of(x.shape().without(0)).size();
    Moments moments = new Moments();
    Means means = means(model, x, decided, here, moments);
    Attribution a =
        Attribution.of(this, x, decided, means.scores(), here)
            .evaluations(1L + (long) means.draws() * each)
            .seeded(seed);
    return labelled(a, errors(moments), means.draws(), draws, "rows");
  }
}
