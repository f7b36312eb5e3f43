package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
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
/// @param baseline where paths begin
/// @param steps how many
/// @param fraction which part of the elements moves at a time, those with the smallest slopes
/// @param slack how far from the straight path an element may be, 0 to 1
public record GuidedIntegratedGradients(Baseline baseline, int steps, double fraction, double slack)
    implements Explainer {
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
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireValues(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    int n = x.size(0);
    int each = x.elements() / n;
    double[] from = base.toDoubles();
    double[] to = x.toDoubles();
    double[] now = from.clone();
    double[] scores = new double[now.length];
    Trace<Tensor> begin = sweep(model, base, decided);
    Tensor there = begin.output().getFirst();
    Tensor here = there;
    double[] slope = begin.inputs().toDoubles();
    for (int step = 1; step <= steps; step++) {
      double[] next = now.clone();
      for (int i = 0; i < n; i++) {
        new Walk(i * each, each, from, to, next, slope).step(step);
      }
      Tensor point = step == steps ? x : Tensor.of(x.shape(), next).to(x.dtype());
      Trace<Tensor> swept = sweep(model, point, decided);
      here = swept.output().getFirst();
      double[] ahead = swept.inputs().toDoubles();
      for (int j = 0; j < now.length; j++) {
        scores[j] += (next[j] - now[j]) * (slope[j] + ahead[j]) / 2;
      }
      now = next;
      slope = ahead;
    }
    return Attribution.of(this, x, decided, Tensor.of(x.shape(), scores).to(x.dtype()), here)
        .against(base, there)
        .evaluations(1L + steps);
  }

  private static Trace<Tensor> sweep(Function<Tensor, Tensor> model, Tensor at, Target target) {
    return Recorded.of(model, at, target).sweep(BackwardRule.CHAIN);
  }

  /// One example on its way; all arrays are of the whole batch.
  private final class Walk {
    private final int first;
    private final int each;
    private final double[] from;
    private final double[] to;
    private final double[] now;
    private final double[] slope;

    Walk(int first, int each, double[] from, double[] to, double[] now, double[] slope) {
      this.first = first;
      this.each = each;
      this.from = from;
      this.to = to;
      this.now = now;
      this.slope = slope;
    }

    void step(int step) {
      double alpha = (double) step / steps;
      if (step == steps) {
        System.arraycopy(to, first, now, first, each);
        return;
      }
      double low = Math.max(alpha - slack, 0);
      double high = Math.min(alpha + slack, 1);
      double whole = 0;
      for (int j = first; j < first + each; j++) {
        whole += Math.abs(to[j] - from[j]);
        // Who is behind the corridor is taken along first.
        if ((now[j] - at(j, low)) * (to[j] - from[j]) < 0) {
          now[j] = at(j, low);
        }
      }
      double left = whole * (1 - alpha);
      // Every round either is the last or takes elements to the corridor's end.
      for (int round = 0; round <= each; round++) {
        double go = left() - left;
        if (!(go > 1e-12 * whole) || !move(high, go)) {
          return;
        }
      }
    }

    private double at(int j, double alpha) {
      return from[j] + alpha * (to[j] - from[j]);
    }

    private double left() {
      double left = 0;
      for (int j = first; j < first + each; j++) {
        left += Math.abs(to[j] - now[j]);
      }
      return left;
    }

    /// Moves the elements with the smallest slopes by a distance in all, or to the corridor's end;
    /// whether there is still something to go.
    private boolean move(double high, double go) {
      double[] steepness = new double[each];
      for (int j = 0; j < each; j++) {
        boolean ahead =
            (at(first + j, high) - now[first + j]) * (to[first + j] - from[first + j]) > 0;
        steepness[j] = ahead ? Math.abs(slope[first + j]) : Double.POSITIVE_INFINITY;
      }
      double[] sorted = steepness.clone();
      Arrays.sort(sorted);
      double threshold = sorted[(int) (fraction * (each - 1))];
      double room = 0;
      for (int j = 0; j < each; j++) {
        if (steepness[j] <= threshold && steepness[j] < Double.POSITIVE_INFINITY) {
          room += Math.abs(at(first + j, high) - now[first + j]);
        }
      }
      double part = Math.min(1, go / room);
      for (int j = 0; j < each; j++) {
        if (steepness[j] <= threshold && steepness[j] < Double.POSITIVE_INFINITY) {
          int k = first + j;
          now[k] = part == 1 ? at(k, high) : now[k] + part * (at(k, high) - now[k]);
        }
      }
      return room > 0 && go > room;
    }
  }
}
