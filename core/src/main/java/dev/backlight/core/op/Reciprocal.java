package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// One over every element: `y = 1 / x`.
///
/// At 0 the value is infinite and the slope `-y²` is `-inf`.
public record Reciprocal() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return 1 / x;
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.square().neg();
  }
}
