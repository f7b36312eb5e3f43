package dev.backlight.explain;

import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Standardize;

/// What DeepLIFT sends through ops that couple their elements: multipliers m with `Σ m Δx = Δy`,
/// exactly and without any division that could overflow.
///
/// | op | multiplier |
/// |---|---|
/// | softmax | its vjp at the logarithmic means `L = Δp / Δlog p` of both probabilities: `gL − L ΣgL / ΣL` |
/// | log-sum-exp, cross-entropy | `L / ΣL`, for cross-entropy less the label |
/// | standardisation | `d` and `r` at their means, with `Δr / Δvar` between |
/// | Euclidean norm | `(x + x') / (y + y')` |
///
/// A. Shrikumar and others (2017) have the chain rule of multipliers; these are the multipliers
/// under which it stays exact.
final class DeepLiftCoupled {
  private DeepLiftCoupled() {}

  /// What is sent through a softmax over the last axis.
  static Tensor softmax(Tensor g, Tensor x, Tensor there, double eps) {
    Tensor mean = logarithmicMean(x, there, eps);
    Tensor sent = g.mul(mean);
    return sent.sub(mean.mul(sent.sumKeep(-1).div(positive(mean.sumKeep(-1)))));
  }

  /// What is sent through a log-sum-exp over the last axis.
  static Tensor logSumExp(Tensor g, Tensor x, Tensor there, double eps) {
    return g.unsqueeze(-1).mul(shares(x, there, eps));
  }

  /// What is sent through a cross-entropy with labels, its loss being the only output in use.
  static Tensor crossEntropy(Tensor g, Tensor x, Tensor there, Tensor labels, double eps) {
    Tensor label = labels.oneHot(x.size(-1), x.dtype());
    return g.unsqueeze(-1).mul(shares(x, there, eps).sub(label));
  }

  private static Tensor shares(Tensor x, Tensor there, double eps) {
    Tensor mean = logarithmicMean(x, there, eps);
    return mean.div(positive(mean.sumKeep(-1)));
  }

  /// Rows in which nothing may be chosen have no mean.
  private static Tensor positive(Tensor sum) {
    return sum.eq(0).where(1, sum);
  }

  /// `(p − q) / (log p − log q)` of the softmax p at x and q there; p where both are one, 0 where
  /// one of them cannot be chosen.
  private static Tensor logarithmicMean(Tensor x, Tensor there, double eps) {
    Tensor p = x.maskedSoftmax(-1);
    Tensor never = x.eq(Double.NEGATIVE_INFINITY).or(there.eq(Double.NEGATIVE_INFINITY));
    Tensor step = never.where(1, x.logSoftmax(-1).sub(there.logSoftmax(-1)));
    Tensor same = step.abs().lt(eps);
    Tensor mean = same.where(p, p.sub(there.maskedSoftmax(-1)).div(same.where(1, step)));
    return never.where(0, mean);
  }

  /// What is sent through a standardisation, `y = d r` with `d = x − mean(x)` and `r = (var +
  /// eps)^-½`.
  static Tensor standardize(Standardize op, Site at, Tensor there) {
    int[] axes = op.axes().stream().mapToInt(Integer::intValue).toArray();
    Tensor scaleThere = Tensor.applyAll(op, there)[1];
    Tensor scale = at.y(1);
    Tensor middle = centred(at.x(), axes).add(centred(there, axes)).mul(.5);
    Tensor sent = null;
    Tensor toScale = at.arrived(1) ? at.g(1) : null;
    if (at.arrived(0)) {
      sent = at.g(0).mul(scale.add(scaleThere).mul(.5));
      Tensor more = at.g(0).mul(middle).sumKeep(axes);
      toScale = toScale == null ? more : toScale.add(more);
    }
    if (toScale != null) {
      // Δr / Δvar without a division by what may be nothing.
      Tensor product = scale.mul(scaleThere);
      Tensor slope = product.square().div(scale.add(scaleThere)).neg();
      int count = at.x().elements() / Math.max(1, scale.elements());
      Tensor more = toScale.mul(slope).mul(2.0 / count).mul(middle);
      sent = sent == null ? more : sent.add(more);
    }
    return sent == null ? at.x().mul(0) : centred(sent, axes);
  }

  private static Tensor centred(Tensor x, int... axes) {
    return x.sub(x.meanKeep(axes));
  }

  /// What is sent through a Euclidean norm, whose output keeps its axes as size 1 under `kept`.
  static Tensor norm(Tensor g, Tensor x, Tensor there, Tensor y, Tensor yThere) {
    Tensor both = y.add(yThere);
    return g.div(both.eq(0).where(1, both)).mul(x.add(there));
  }
}
