package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The inverse of the logistic function, elementwise: `y = ln(x / (1 - x))`; NaN outside [0, 1].
///
/// In the middle it is computed as `ln(1 + (2x - 1) / (1 - x))`, which keeps its digits near ½. The
/// slope `1 / (x (1 - x))` is infinite at 0 and 1.
public record Logit() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return x > 0.25 && x < 0.75
        ? StrictMath.log1p((2 * x - 1) / (1 - x))
        : StrictMath.log(x) - StrictMath.log1p(-x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.oneMinus().mul(x).reciprocal();
  }
}
