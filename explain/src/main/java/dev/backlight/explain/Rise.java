package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The mean answer over random soft masks that leave a pixel visible: `S = Σ_k f(M_k x + (1 − M_k)
/// b) M_k / (N keep)`.
///
/// A mask is a coarse grid of zeros and ones, one with probability `keep`, enlarged bilinearly and
/// shifted by less than a cell. It spans the last two axes of an example, or its only one, and is
/// the same for all channels before. V. Petsiuk, A. Das, K. Saenko, "RISE: randomized input
/// sampling for explanation of black-box models" (2018).
///
/// Scores are means of the answer, not contributions: a pixel that does nothing gets the mean
/// answer over all masks, not 0. So compare pixels with each other. All examples get the same
/// masks. Beside each score stands its standard error, and [#until] stops at one.
///
/// @param baseline what shows through where the mask hides
/// @param cells how many cells of the grid along each masked axis
/// @param keep with which probability a node of the grid is visible
/// @param samples how many masks
/// @param standardError at which an example is not asked further, in units of the answer; 0 asks
///   for all masks
/// @param seed where draws begin
/// @param progress who is told how far it has come
public record Rise(
    Baseline baseline,
    int cells,
    double keep,
    int samples,
    double standardError,
    long seed,
    Progress progress)
    implements Drawing {
  public Rise {
    if (cells < 1 || samples < 1) {
      throw new IllegalArgumentException(
          "rise needs cells and samples of at least 1, got " + cells + " and " + samples);
    }
    if (!(keep > 0 && keep < 1)) {
      throw new IllegalArgumentException(
          "rise needs a probability to keep between 0 and 1, got " + keep);
    }
    Drawing.requireError("rise", standardError);
  }

  /// The paper's grid of 7 cells, kept with probability ½; 4000 masks, seed 0.
  public static Rise from(Baseline baseline) {
    return new Rise(baseline, 7, 0.5, 4000, 0, 0, Progress.NONE);
  }

  /// With another grid.
  public Rise cells(int count) {
    return new Rise(baseline, count, keep, samples, standardError, seed, progress);
  }

  /// With another probability to be visible.
  public Rise keep(double probability) {
    return new Rise(baseline, cells, probability, samples, standardError, seed, progress);
  }

  /// With another number of masks.
  public Rise samples(int count) {
    return new Rise(baseline, cells, keep, count, standardError, seed, progress);
  }

  /// With other draws.
  public Rise seed(long other) {
    return new Rise(baseline, cells, keep, samples, standardError, other, progress);
  }

  @Override
  public Rise until(double enough) {
    return new Rise(baseline, cells, keep, samples, enough, seed, progress);
  }

  @Override
  public Rise telling(Progress other) {
    return new Rise(baseline, cells, keep, samples, standardError, seed, other);
  }

  @Override
  public String name() {
    return "rise";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("cells", cells);
    all.put("keep", keep);
    all.put("samples", samples);
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
    return means(model, x, decided, null).scores();
  }

  private Means means(
      Function<Tensor, Tensor> model, Tensor x, Target decided, @Nullable Moments moments) {
    if (x.rank() < 2) {
      throw new ShapeException("rise needs x (n, …, h, w) or (n, w), got " + x.shape());
    }
    Tensor base = baseline.like(x);
    int n = x.size(0);
    int each = x.elements() / n;
    int most = Batches.copies(x, samples);
    Tensor sum = Tensor.zeros(Shape.of(n, each), x.dtype());
    int asked = 0;
    for (int from = 0; from < samples && (from == 0 || !progress.enough()); from += most) {
      int m = Math.min(most, samples - from);
      Tensor masks = masks(x.shape(), from, m, Spec.of(Shape.of(m, each), x.dtype()));
      Tensor mask =
          masks.reshape(m, 1, each).expand(Shape.of(m, n, each)).reshape(x.shape().with(0, m * n));
      Tensor there = Batches.repeated(base, m).add(Batches.repeated(x.sub(base), m).mul(mask));
      Tensor answers = Recorded.scalars(model, there, decided.repeated(m)).reshape(m, n);
      sum = sum.add(answers.transpose().matmul(masks));
      asked = from + m;
      if (moments != null) {
        Tensor wide = answers.to(DType.F64);
        Tensor shown = masks.to(DType.F64).div(keep);
        moments.add(
            m, wide.transpose().matmul(shown), wide.square().transpose().matmul(shown.square()));
      }
      progress.at(asked, samples);
      if (moments != null && stops() && isEnough(asked, moments.errors())) {
        break;
      }
    }
    return new Means(sum.div(asked * keep).reshape(x.shape()), asked);
  }

  /// Masks `from … from + m`, each repeated over the channels.
  private Tensor masks(Shape x, int from, int m, Spec spec) {
    int width = x.size(x.rank() - 1);
    int height = x.rank() > 2 ? x.size(x.rank() - 2) : 1;
    int each = spec.shape().size(1);
    Block masks = Block.allocate(spec);
    for (int k = 0; k < m; k++) {
      double[] one = mask(Key.of(seed).fold(from + k), height, width);
      for (int j = 0; j < each; j++) {
        masks.set(k * each + j, one[j % one.length]);
      }
    }
    return Tensor.over(masks);
  }

  private double[] mask(Key key, int height, int width) {
    Key.Pair keys = key.split();
    // One node more than cells, and another for the shift.
    int nodes = cells + 2;
    double[] grid = keys.first().bernoulli(Shape.of(nodes * nodes), keep).toDoubles();
    int cellHeight = Math.ceilDiv(height, cells);
    int cellWidth = Math.ceilDiv(width, cells);
    Key.Pair shifts = keys.second().split();
    int down = shifts.first().integers(Shape.of(1), 0, cellHeight).toInts()[0];
    int right = shifts.second().integers(Shape.of(1), 0, cellWidth).toInts()[0];
    double[] mask = new double[height * width];
    for (int i = 0; i < height; i++) {
      int top = (i + down) / cellHeight;
      double below = (double) ((i + down) % cellHeight) / cellHeight;
      for (int j = 0; j < width; j++) {
        int left = (j + right) / cellWidth;
        double beside = (double) ((j + right) % cellWidth) / cellWidth;
        int at = top * nodes + left;
        double upper = grid[at] * (1 - beside) + grid[at + 1] * beside;
        double lower = grid[at + nodes] * (1 - beside) + grid[at + nodes + 1] * beside;
        mask[i * width + j] = upper * (1 - below) + lower * below;
      }
    }
    return mask;
  }

  @Override
  public Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Tensor base = baseline.like(x);
    Moments moments = new Moments();
    Means means = means(model, x, decided, moments);
    Attribution a =
        Attribution.of(this, x, decided, means.scores(), Recorded.scalars(model, x, decided))
            .against(base, Recorded.scalars(model, base, decided))
            .evaluations(2L + means.draws())
            .seeded(seed);
    return labelled(a, moments.errors(), means.draws(), samples, "masks");
  }
}
