package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Trigonometry;

/// The sine of radians, elementwise: `y = sin(x)`.
public record Sin() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return Trigonometry.sin(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.cos();
  }
}
