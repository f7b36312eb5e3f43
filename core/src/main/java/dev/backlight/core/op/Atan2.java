package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The angle of the point (y, x), as in [Math#atan2]: `z = atan2(x₀, x₁)` in [-π, π], the sine's
/// side first; both of one shape.
///
/// The slopes are `x₁ / r²` and `-x₀ / r²` with `r = √(x₀² + x₁²)`, divided one `r` at a time, so
/// that they neither overflow nor vanish early. At the origin and at infinity they are 0.
public record Atan2() implements Op.Pairwise {
  @Override
  public double f(double x, double y) {
    return StrictMath.atan2(x, y);
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    Tensor r = x.hypot(y);
    Tensor nowhere = r.eq(0).or(r.eq(Double.POSITIVE_INFINITY));
    // The bad argument is replaced before the function sees it: 0 / 0 would be NaN.
    Tensor safe = nowhere.where(1, r);
    Tensor slope = (i == 0 ? y : x.neg()).div(safe).div(safe);
    return nowhere.where(0, slope);
  }
}
