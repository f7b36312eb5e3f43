package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The logistic function, elementwise: `y = 1 / (1 + e⁻ˣ)`, without overflow on either side.
///
/// The slope `y (1 - y)` is read off the output, so the input need not be kept for the reverse
/// sweep.
public record Sigmoid() implements Op.Elementwise {
  @Override
  public double f(double x) {
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    double e = Math.exp(x);
    return e / (1 + e);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.mul(y.oneMinus());
  }
}
