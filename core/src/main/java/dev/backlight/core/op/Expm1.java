package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The exponential function less one, elementwise: `y = eˣ - 1`, accurate near 0.
///
/// The slope is `eˣ` computed anew: `y + 1` would cancel for very negative `x`.
public record Expm1() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.expm1(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.exp();
  }
}
