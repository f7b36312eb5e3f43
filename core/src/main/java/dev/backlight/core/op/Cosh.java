package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The hyperbolic cosine, elementwise: `y = (eˣ + e⁻ˣ) / 2`.
public record Cosh() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.cosh(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.sinh();
  }
}
