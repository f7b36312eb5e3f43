package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The inverse of the hyperbolic sine, elementwise: `y = ln(x + √(x² + 1))`.
///
/// The slope `1 / √(x² + 1)` is taken by [Hypot], so that a large `x` does not overflow.
public record Asinh() implements Op.Elementwise {
  private static final double LN_2 = StrictMath.log(2);

  @Override
  public double f(double x) {
    double a = Math.abs(x);
    // As in fdlibm: each form where it neither cancels nor overflows.
    if (!(a >= 0x1p-28 && a < Double.POSITIVE_INFINITY)) {
      return x;
    }
    double y;
    if (a > 0x1p28) {
      y = StrictMath.log(a) + LN_2;
    } else if (a > 2) {
      y = StrictMath.log(2 * a + 1 / (Math.sqrt(a * a + 1) + a));
    } else {
      double square = a * a;
      y = StrictMath.log1p(a + square / (1 + Math.sqrt(1 + square)));
    }
    return Math.copySign(y, x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.hypot(1).reciprocal();
  }
}
