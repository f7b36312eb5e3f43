package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The angle whose tangent is `x`, elementwise: `y = atan(x)` in [-π/2, π/2].
///
/// The slope is `1 / (1 + x²)`.
public record Atan() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.atan(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.square().add(1).reciprocal();
  }
}
