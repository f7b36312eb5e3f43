package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Integrated gradients from a random baseline at a random place of the path, on average: `E (x −
/// b) ∂f/∂x (b + α (x − b))` over baselines b of the training data and α in [0, 1].
///
/// No single input has to stand for "nothing there". With many draws the scores add up to f(x) less
/// the mean answer of the baselines; with few they do so roughly, and the gradient of each draw is
/// cheap enough for the loss of a training step. G. Erion et al., "Improving performance of deep
/// learning models with axiomatic attribution priors and expected gradients" (2021).
///
/// All examples get the same draws, so that a batch gives what its examples give alone.
///
/// Beside each score stands its standard error, and [#until] stops at one. It is that of draws from
/// the whole path; as one draw is taken from each of equal parts of it, the true error is smaller.
///
/// @param points the draws
/// @param origin what they were made of, in words
/// @param standardError at which an example is not asked further, in units of the answer; 0 asks
///   for all draws
/// @param progress who is told how far it has come
public record ExpectedGradients(
    List<Point> points, Map<String, Object> origin, double standardError, Progress progress)
    implements Drawing {
  /// One draw: a baseline, of the shape of x or one that expands to it, and a place on the path
  /// from it for every example, (n) or ().
  public record Point(Tensor baseline, Tensor alpha) {}

  public ExpectedGradients {
    points = List.copyOf(points);
    origin = Collections.unmodifiableMap(new LinkedHashMap<>(origin));
    if (points.isEmpty()) {
      throw new IllegalArgumentException("expected-gradients needs draws of at least 1, got none");
    }
    Drawing.requireError("expected-gradients", standardError);
  }

  /// All of these draws, telling nobody.
  public ExpectedGradients(List<Point> points, Map<String, Object> origin) {
    this(points, origin, 0, Progress.NONE);
  }

  /// Draws from data.
  ///
  /// @param baselines inputs (m, …) that baselines are drawn from
  /// @param draws how many
  /// @param seed where draws begin
  public static ExpectedGradients from(Tensor baselines, int draws, long seed) {
    if (baselines.rank() == 0 || baselines.size(0) == 0 || !baselines.dtype().isFloat()) {
      throw new ShapeException(
          "expected-gradients needs baselines (m, …) of floats with m >= 1, got "
              + baselines.spec());
    }
    Key[] keys = Key.of(seed).split(2);
    int m = baselines.size(0);
    double[] rows = keys[0].uniform(Shape.of(Math.max(0, draws)), DType.F64).toDoubles();
    // One draw from each of equal parts of the path: less scattered than draws from the whole of
    // it. In a random order, so that the first of them are draws from the whole of it, too.
    int[] order = keys[1].fold(0).permutation(Math.max(0, draws));
    double[] within = keys[1].uniform(Shape.of(Math.max(0, draws)), DType.F64).toDoubles();
    List<Point> points = new ArrayList<>();
    for (int k = 0; k < draws; k++) {
      int row = Math.min(m - 1, (int) (rows[k] * m));
      double alpha = (order[k] + within[k]) / draws;
      points.add(
          new Point(baselines.slice(0, row, row + 1), Tensor.scalar(alpha).to(baselines.dtype())));
    }
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("baselines", m);
    origin.put("draws", draws);
    origin.put("seed", seed);
    return new ExpectedGradients(points, origin);
  }

  /// Draws within a batch, as in a training step: each time every example has another one of the
  /// batch for its baseline and a place on the path of its own. With the key of a tape's inputs
  /// every replay draws anew.
  ///
  /// @param batch the examples (n, …) that will be explained
  /// @param draws how many
  /// @param key to draw from
  public static ExpectedGradients within(Tensor batch, int draws, KeyTensor key) {
    Recorded.requireBatch(batch);
    Shape each = Shape.of(batch.size(0));
    List<Point> points = new ArrayList<>();
    for (int k = 0; k < draws; k++) {
      Tensor order = key.fold(2L * k).uniform(each, DType.F64).argsort(0);
      points.add(
          new Point(batch.take(0, order), key.fold(2L * k + 1).uniform(each, batch.dtype())));
    }
    return new ExpectedGradients(points, Map.of("draws", draws));
  }

  @Override
  public String name() {
    return "expected-gradients";
  }

  @Override
  public ExpectedGradients until(double enough) {
    return new ExpectedGradients(points, origin, enough, progress);
  }

  @Override
  public ExpectedGradients telling(Progress other) {
    return new ExpectedGradients(points, origin, standardError, other);
  }

  @Override
  public Map<String, Object> parameters() {
    if (!stops()) {
      return origin;
    }
    Map<String, Object> all = new LinkedHashMap<>(origin);
    all.put("standardError", standardError);
    return all;
  }

  /// Nothing exactly: the sum is right on average.
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
    Sweeps sweeps = new Sweeps(model, decided);
    Tensor sum = null;
    int asked = 0;
    while (asked < points.size() && (asked == 0 || !progress.enough())) {
      Point point = points.get(asked);
      Tensor base = like(point.baseline, x);
      Tensor step = x.sub(base);
      Tensor alpha = point.alpha.to(x.dtype());
      alpha = alpha.rank() == 1 ? Path.column(alpha, x.rank()) : alpha;
      Tensor score = step.mul(sweeps.at(base.add(step.mul(alpha))).inputs());
      sum = sum == null ? score : sum.add(score);
      asked++;
      if (moments != null) {
        moments.add(score);
      }
      progress.at(asked, points.size());
      if (moments != null && stops() && isEnough(asked, moments.errors())) {
        break;
      }
    }
    return new Means(Objects.requireNonNull(sum).div(asked), asked);
  }

  private static Tensor like(Tensor baseline, Tensor x) {
    if (!baseline.shape().expandsTo(x.shape())) {
      throw new ShapeException(
          "expected-gradients needs baselines like x " + x.shape() + ", got " + baseline.shape());
    }
    return baseline.to(x.dtype()).expand(x.shape());
  }

  @Override
  public Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    Moments moments = new Moments();
    Means means = means(model, x, decided, moments);
    Attribution a =
        Attribution.of(this, x, decided, means.scores(), Recorded.scalars(model, x, decided))
            .evaluations(1L + means.draws());
    return labelled(a, moments.errors(), means.draws(), points.size(), "draws");
  }
}
