package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The cube root, elementwise: `y³ = x`, also of negative numbers.
///
/// The slope `1 / (3 y²)` is infinite at 0.
public record Cbrt() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.cbrt(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.square().reciprocal().div(3);
  }
}
