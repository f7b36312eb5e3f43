package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The exponential function, elementwise: `y = eˣ`, which is its own slope.
public record Exp() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Math.exp(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y;
  }
}
