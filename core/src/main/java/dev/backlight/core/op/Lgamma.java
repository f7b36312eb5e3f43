package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Gammas;

/// The logarithm of the gamma function's size, elementwise: `y = ln |Γ(x)|`; +∞ at the poles 0, -1,
/// -2, ….
///
/// Right to 10⁻¹⁴, relative to the right of 0; between the poles relative to 1, as it has zeros
/// there.
public record Lgamma() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Gammas.logGamma(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.digamma();
  }
}
