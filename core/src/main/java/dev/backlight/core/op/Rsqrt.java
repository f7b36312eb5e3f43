package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// One over the square root, elementwise: `y = 1 / √x`.
///
/// The slope `-y³ / 2` is read off the output; at 0 the value is `inf` and the slope `-inf`.
public record Rsqrt() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return 1 / Math.sqrt(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.mul(y).mul(y).mul(-0.5);
  }
}
