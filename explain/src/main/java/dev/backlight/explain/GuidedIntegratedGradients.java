package dev.backlight.explain;

import dev.backlight.autodiff.Trace;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// Integrated gradients along a path that the model chooses: at each step the elements with the
/// smallest slopes move first, so that steep places between baseline and x, which have little to do
/// with either, are passed late or not at all.
///
/// All paths have the same length in the sum of absolute differences; no element may be further
/// than `slack` from where the straight path would have it, so 0 is the straight path. Between the
/// points `x_k` of the path the slope is taken as the mean of its ends: `Σ_k (x_{k+1} − x_k)
/// (∂f/∂x(x_k) + ∂f/∂x(x_{k+1})) / 2`. A. Kapishnikov et al., "Guided integrated gradients: an
/// adaptive path method for removing noise" (2021), who take the slope where the step begins.
///
/// Scores add up to f(x) − f(b), the nearer the more steps there are.
///
/// They are in Tensor language. Which elements move in a step is a comparison of slopes, so nothing
/// flows through it; how far they move flows from x and the baseline, and the slopes flow from x
/// and the model. So the gradient is the derivative wherever a small change leaves the order of the
/// slopes as it is, that is almost everywhere; where the order changes, the scores jump.
///
/// @param baseline where paths begin
/// @param steps how many
/// @param fraction which part of the elements moves at a time, those with the smallest slopes
/// @param slack how far from the straight path an element may be, 0 to 1
public record GuidedIntegratedGradients(Baseline baseline, int steps, double fraction, double slack)
    implements TensorExplainer {
  public GuidedIntegratedGradients {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "guided-integrated-gradients needs steps of at least 1, got " + steps);
    }
    if (!(fraction > 0 && fraction <= 1) || !(slack >= 0 && slack <= 1)) {
      throw new IllegalArgumentException(
          "guided-integrated-gradients needs a fraction above 0 and a slack of at least 0, both at"
              + " most 1, got "
              + fraction
              + " and "
              + slack);
    }
  }

  /// With the authors' choices: 200 steps, a quarter of the elements, slack 0.02.
  public static GuidedIntegratedGradients from(Baseline baseline) {
    return new GuidedIntegratedGradients(baseline, 200, 0.25, 0.02);
  }

  /// With another number of steps.
  public GuidedIntegratedGradients steps(int count) {
    return new GuidedIntegratedGradients(baseline, count, fraction, slack);
  }

  /// With another distance from the straight path.
  public GuidedIntegratedGradients slack(double most) {
    return new GuidedIntegratedGradients(baseline, steps, fraction, most);
  }

  @Override
  public String name() {
    return "guided-integrated-gradients";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("steps", steps);
    all.put("fraction", fraction);
    all.put("slack", slack);
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.DIFFERENCE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    return walked(model, x, baseline.like(x), decided).scores;
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Walked all = walked(model, x, base, decided);
    return Attribution.of(this, x, decided, all.scores, all.here)
        .against(base, all.there)
        .evaluations(1L + steps);
  }

  /// What the way gathered, and the answers at its ends.
  private record Walked(Tensor scores, Tensor there, Tensor here) {}

  private Walked walked(Function<Tensor, Tensor> model, Tensor x, Tensor base, Target decided) {
    Sweeps sweeps = new Sweeps(model, decided);
    Walk walk = new Walk(rows(base), rows(x));
    Trace<Tensor> begin = sweeps.at(base);
    Trace<Tensor> end = begin;
    Tensor now = walk.from;
    Tensor slope = rows(begin.inputs());
    Tensor scores = null;
    for (int step = 1; step <= steps; step++) {
      Tensor next = step == steps ? walk.to : walk.step(now, slope, step);
      end = sweeps.at(step == steps ? x : next.to(x.dtype()).reshape(x.shape()));
      Tensor ahead = rows(end.inputs());
      Tensor part = next.sub(now).mul(slope.add(ahead)).mul(0.5);
      scores = scores == null ? part : scores.add(part);
      now = next;
      slope = ahead;
    }
    Tensor all = Objects.requireNonNull(scores).to(x.dtype()).reshape(x.shape());
    return new Walked(all, begin.output().getFirst(), end.output().getFirst());
  }

  /// Examples as rows of doubles: in floats the way would not stay even.
  private static Tensor rows(Tensor x) {
    return x.to(DType.F64).reshape(x.size(0), x.elements() / x.size(0));
  }

  /// The way of all examples, (n, elements), in Tensor language.
  private final class Walk {
    private final Tensor from;
    private final Tensor to;
    private final Tensor difference;
    private final Tensor whole;
    private final int slowest;
    private final int rounds;

    Walk(Tensor from, Tensor to) {
      this.from = from;
      this.to = to;
      difference = to.sub(from);
      whole = difference.abs().sumKeep(1);
      int each = Math.max(1, to.size(1));
      slowest = 1 + (int) (fraction * (each - 1));
      // Every round either is the last of an example or takes so many to the corridor's end.
      rounds = Math.ceilDiv(each, slowest);
    }

    Tensor step(Tensor now, Tensor slope, int step) {
      double alpha = (double) step / steps;
      Tensor low = at(Math.max(alpha - slack, 0));
      Tensor high = at(Math.min(alpha + slack, 1));
      // Who is behind the corridor is taken along first.
      Tensor next = now.sub(low).mul(difference).lt(0).where(low, now);
      for (int round = 0; round < rounds; round++) {
        next = round(next, slope, high, whole.mul(1 - alpha));
      }
      return next;
    }

    private Tensor at(double alpha) {
      return from.add(difference.mul(alpha));
    }

    /// Moves the elements with the smallest slopes until as much is left as should be, or to the
    /// corridor's end.
    private Tensor round(Tensor now, Tensor slope, Tensor high, Tensor left) {
      Shape shape = now.shape();
      Tensor go = to.sub(now).abs().sumKeep(1).sub(left);
      Tensor room = high.sub(now);
      Tensor ahead = room.mul(difference).gt(0);
      Tensor steepness = ahead.where(slope.abs(), Double.POSITIVE_INFINITY);
      Tensor threshold = steepness.kthValue(slowest, 1).values().unsqueeze(1).expand(shape);
      Tensor chosen = ahead.and(steepness.le(threshold));
      Tensor most = chosen.where(room.abs(), 0).sumKeep(1);
      Tensor all = go.ge(most).expand(shape);
      Tensor moved = all.where(high, now.add(room.mul(go.divNoNan(most).expand(shape))));
      return chosen.and(go.gt(whole.mul(1e-12)).expand(shape)).where(moved, now);
    }
  }
}
