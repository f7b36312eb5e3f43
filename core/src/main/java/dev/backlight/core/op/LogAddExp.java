package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The logarithm of the sum of two exponentials: `z = ln(eˣ + eʸ)`, without overflow; both of one
/// shape.
///
/// The slopes are the logistic function of `±(x - y)`. Two of +∞ share evenly, two of -∞ have slope
/// 0, as in [LogSumExp].
public record LogAddExp() implements Op.Pairwise {
  private static final double LN_2 = StrictMath.log(2);

  @Override
  public double f(double x, double y) {
    if (x == y) {
      return x + LN_2;
    }
    return Math.max(x, y) + StrictMath.log1p(StrictMath.exp(-Math.abs(x - y)));
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    Tensor infinite = x.eq(y).and(x.abs().eq(Double.POSITIVE_INFINITY));
    Tensor apart = infinite.where(0, x).sub(infinite.where(0, y));
    Tensor share = Tensor.apply(new Logistic(), i == 0 ? apart : apart.neg());
    return infinite.and(x.lt(0)).where(0, share);
  }
}
