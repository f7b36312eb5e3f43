package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// A sign that saturates slowly, elementwise: `y = x / (1 + |x|)`.
///
/// The slope is `1 / (1 + |x|)²`; it has a kink at 0, where the second derivative is 0.
public record Softsign() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Math.abs(x) == Double.POSITIVE_INFINITY ? Math.copySign(1, x) : x / (1 + Math.abs(x));
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.abs().add(1).reciprocal().square();
  }
}
