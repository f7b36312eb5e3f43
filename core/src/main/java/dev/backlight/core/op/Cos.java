package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Trigonometry;

/// The cosine of radians, elementwise: `y = cos(x)`.
public record Cos() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return Trigonometry.cos(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.sin().neg();
  }
}
