package dev.backlight.explain.fusion;

import dev.backlight.core.Tensor;

/// Comparable scores of several members, (m, n, d), made one, (n, d), in Tensor language.
final class Fused {
  private Fused() {}

  static Tensor of(Fusion how, Tensor all) {
    return switch (how) {
      case Fusion.Mean _ -> all.mean(0);
      case Fusion.Weighted weighted -> {
        double[] weights = weighted.weights().stream().mapToDouble(w -> w).toArray();
        yield all.mul(Tensor.of(weights).to(all.dtype()).reshape(weights.length, 1, 1)).sum(0);
      }
      case Fusion.VarianceWeighted variance -> {
        Tensor spread = spread(all);
        Tensor divisor = spread.add(spread.meanKeep(1).mul(variance.floor()));
        yield all.mean(0).div(divisor.eq(0).where(1, divisor));
      }
      case Fusion.Ranks _, Fusion.ByMetric _ ->
          throw new UnsupportedOperationException(
              "scores in Tensor language need a fusion that has them, got " + how.name());
    };
  }

  /// The standard deviation among members. Where all agree it is 0, and so is its derivative.
  static Tensor spread(Tensor all) {
    Tensor variance = all.variance(0, 0);
    Tensor agree = variance.le(0);
    return agree.where(0, agree.where(1, variance).sqrt());
  }
}
