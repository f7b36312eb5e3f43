package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The length of the vector (x, y): `z = √(x² + y²)`, without overflow; both of one shape.
///
/// The slopes are `x / z` and `y / z`. At the origin they are 0, the subgradient of least norm.
public record Hypot() implements Op.Pairwise {
  @Override
  public double f(double x, double y) {
    return StrictMath.hypot(x, y);
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    Tensor zero = z.eq(0);
    // The bad argument is replaced before the function sees it: 0 / 0 would be NaN.
    return zero.where(0, (i == 0 ? x : y).div(zero.where(1, z)));
  }
}
