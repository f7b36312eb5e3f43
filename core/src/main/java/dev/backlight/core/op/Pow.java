package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The power of every pair: `z = x^y`, both of one shape.
///
/// The slopes are `∂z/∂x = y · x^(y-1)` and `∂z/∂y = z · ln x`. At `x = 0` they take the limits: 0
/// for `∂z/∂x` at `y = 0`, and for `∂z/∂y` 0 at `y ≥ 0`, `-inf` at `y < 0`. For negative `x` there
/// is no `∂z/∂y`: NaN.
public record Pow() implements Op.Pairwise {
  @Override
  public double f(double x, double y) {
    // StrictMath.pow makes arrays.
    return Math.pow(x, y);
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    Tensor zero = x.eq(0);
    // The bad argument is replaced before the function sees it: 0 · inf would be NaN.
    return i == 0
        ? y.mul(x.pow(zero.and(y.eq(0)).where(1, y).sub(1)))
        : z.mul(zero.and(y.ge(0)).where(1, x).log());
  }
}
