package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The entropy of a probability, elementwise: `y = -x ln x`, 0 at 0; NaN below.
///
/// The slope `-(ln x + 1)` is infinite at 0.
public record Entr() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return x == 0 ? 0 : -x * StrictMath.log(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.log().add(1).neg();
  }
}
