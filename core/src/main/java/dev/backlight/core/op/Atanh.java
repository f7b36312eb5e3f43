package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The inverse of the hyperbolic tangent, elementwise: `y = ½ ln((1 + x) / (1 - x))`; infinite at
/// ±1 and NaN beyond.
///
/// The slope is `1 / ((1 - x) (1 + x))`, infinite at ±1.
public record Atanh() implements Op.Elementwise {
  @Override
  public double f(double x) {
    double a = Math.abs(x);
    if (a < 0x1p-28) {
      return x;
    }
    double y = a < 0.5 ? 2 * a + 2 * a * a / (1 - a) : 2 * a / (1 - a);
    return Math.copySign(0.5 * StrictMath.log1p(y), x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.oneMinus().mul(x.add(1)).reciprocal();
  }
}
