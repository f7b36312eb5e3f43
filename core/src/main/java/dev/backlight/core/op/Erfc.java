package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.ScaledErfc;

/// The complement of the error function, elementwise: `y = 1 - erf(x)`, with all its digits where
/// that difference would have none.
///
/// The slope is `-2/√π e^(-x²)`.
public record Erfc() implements Op.Elementwise {
  private static final Erf ERF = new Erf();

  @Override
  public double f(double x) {
    return ScaledErfc.erfc(x, ERF.f(x));
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.square().neg().exp().mul(-2 / Math.sqrt(Math.PI));
  }
}
