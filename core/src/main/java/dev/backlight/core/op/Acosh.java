package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The inverse of the hyperbolic cosine, elementwise: `y = ln(x + √(x² - 1))`; NaN below 1.
///
/// The slope is `1 / (√(x-1) √(x+1))`, infinite at 1.
public record Acosh() implements Op.Elementwise {
  private static final double LN_2 = StrictMath.log(2);

  @Override
  public double f(double x) {
    if (x < 1) {
      return Double.NaN;
    }
    // As in fdlibm: each form where it neither cancels nor overflows.
    if (x > 0x1p28) {
      return StrictMath.log(x) + LN_2;
    }
    if (x > 2) {
      return StrictMath.log(2 * x - 1 / (x + Math.sqrt(x * x - 1)));
    }
    double t = x - 1;
    return StrictMath.log1p(t + Math.sqrt(2 * t + t * t));
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.sub(1).rsqrt().mul(x.add(1).rsqrt());
  }
}
