package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Trigonometry;

/// The tangent of radians, elementwise: `y = tan(x)`.
///
/// The slope `1 + y²` is read off the output.
public record Tan() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Trigonometry.tan(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.square().add(1);
  }
}
