package dev.backlight.explain.fusion;

import dev.backlight.explain.quality.Metric;
import dev.backlight.explain.quality.Scale;
import java.util.Arrays;
import java.util.List;

/// How one explanation is made of several.
public sealed interface Fusion {
  /// The name by which people ask for it.
  String name();

  /// Whether it is written in Tensor language: ranks and metrics read values.
  default boolean differentiable() {
    return true;
  }

  /// The mean.
  record Mean() implements Fusion {
    @Override
    public String name() {
      return "mean";
    }
  }

  /// A weighted sum.
  ///
  /// @param weights one for every member, not negative and with the sum 1
  record Weighted(List<Double> weights) implements Fusion {
    public Weighted {
      weights = List.copyOf(weights);
      double sum = weights.stream().mapToDouble(w -> w).sum();
      if (weights.stream().anyMatch(w -> !(w >= 0)) || !(Math.abs(sum - 1) < 1e-6)) {
        throw new IllegalArgumentException(
            "a consensus needs weights of at least 0 with the sum 1, got " + weights);
      }
    }

    @Override
    public String name() {
      return "weighted";
    }
  }

  /// The mean over the spread: `mean / (s + floor · mean s)` with s the standard deviation among
  /// the members, so that features of which they disagree count less. L. Rieger, L. Hansen,
  /// "Aggregating explainability methods for neural networks stabilizes explanations" (2019).
  ///
  /// @param floor how far the divisor is kept from 0, in mean spreads of the example
  record VarianceWeighted(double floor) implements Fusion {
    public VarianceWeighted {
      if (!(floor > 0 && floor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "variance weighting needs a finite floor above 0, got " + floor);
      }
    }

    @Override
    public String name() {
      return "variance-weighted";
    }
  }

  /// The mean of signed ranks: each member gives its weakest feature 1/d and its strongest 1, with
  /// the sign of the score, equal ones the mean of their ranks, and 0 to what has 0. Borda's count;
  /// the sizes of scores do not matter.
  record Ranks() implements Fusion {
    @Override
    public String name() {
      return "ranks";
    }

    @Override
    public boolean differentiable() {
      return false;
    }
  }

  /// A sum weighted by how well each member does on the example, by a metric with one end at 0: `w
  /// ∝ max(0, value)` where more is better, `w ∝ 1 / value` where less is. A member without a
  /// number has no weight; if none has one, all count the same.
  ///
  /// @param metric such as faithfulness correlation
  /// @param seed where its draws begin
  record ByMetric(Metric metric, long seed) implements Fusion {
    public ByMetric {
      Scale scale = metric.scale();
      if (!scale.higherIsBetter() && scale.low() != 0
          || scale.higherIsBetter() && Double.isInfinite(scale.high())) {
        throw new IllegalArgumentException(
            "weights need a metric that is best at 0 or at a highest number, got "
                + metric.name()
                + " with "
                + scale);
      }
    }

    @Override
    public String name() {
      return metric.name() + "-weighted";
    }

    @Override
    public boolean differentiable() {
      return false;
    }

    /// The weights of the members of one example from what they scored.
    double[] weights(double... values) {
      boolean higher = metric.scale().higherIsBetter();
      double[] weights =
          Arrays.stream(values)
              .map(v -> Double.isNaN(v) ? 0 : higher ? Math.max(0, v) : 1 / Math.max(0, v))
              .toArray();
      if (Arrays.stream(weights).anyMatch(Double::isInfinite)) {
        // Perfect ones share everything.
        weights = Arrays.stream(weights).map(w -> Double.isInfinite(w) ? 1 : 0).toArray();
      }
      double sum = Arrays.stream(weights).sum();
      int count = weights.length;
      return Arrays.stream(weights).map(w -> sum > 0 ? w / sum : 1.0 / count).toArray();
    }
  }
}
