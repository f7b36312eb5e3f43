package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The logarithm of one plus `x`, elementwise: `y = ln(1 + x)`, accurate near 0.
///
/// At -1 the value is `-inf` and the slope `inf`; below -1 the value is NaN.
public record Log1p() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.log1p(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.add(1).reciprocal();
  }
}
