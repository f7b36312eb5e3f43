package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The natural logarithm, elementwise: `y = ln x`.
///
/// At 0 the value is `-inf` and the slope `inf`; below 0 the value is NaN.
public record Log() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Math.log(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.reciprocal();
  }
}
