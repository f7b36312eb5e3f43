package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The sine of radians, elementwise: `y = sin(x)`.
public record Sin() implements Op.Elementwise {
  @Override
  public double f(double x) {
    // StrictMath.sin makes arrays.
    return Math.sin(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.cos();
  }
}
