package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The smooth positive part, elementwise: `y = ln(1 + eˣ)`.
///
/// Computed as `max(x, 0) + ln(1 + exp(-|x|))`: no overflow, and no threshold beyond which it would
/// turn linear, so that the second derivative is right for large `x` too.
public record Softplus() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return Tensor.apply(new Logistic(), x);
  }
}
