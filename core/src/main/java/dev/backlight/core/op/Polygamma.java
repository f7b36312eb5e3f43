package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.Gammas;

/// The derivative of order `n + 1` of `ln Γ(x)`, elementwise: digamma for `n = 0`, trigamma for `n
/// = 1`.
///
/// At the poles 0, -1, -2, … it is NaN where it changes its sign, `n` even, and +∞ where it does
/// not. The slope is the next one.
public record Polygamma(int n) implements Op.Elementwise {
  public Polygamma {
    if (n < 0 || n > Gammas.ORDERS) {
      throw new IllegalArgumentException(
          "polygamma needs an order in 0.." + Gammas.ORDERS + ", got " + n);
    }
  }

  @Override
  public double f(double x) {
    return Gammas.polygamma(n, x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.polygamma(n + 1);
  }
}
