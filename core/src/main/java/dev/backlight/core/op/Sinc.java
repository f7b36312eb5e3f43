package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.HalfTurns;

/// The derivative of order `n` of `sin(πx) / (πx)`, elementwise; of order 0 it is that function, 1
/// at 0.
///
/// With `t = πx`, `s₀ = sin t / t` and `t sₙ = sin(t + nπ/2) - n sₙ₋₁`; near 0, where this would
/// divide by 0, Taylor's series: so every derivative is right there, too. The slope is the next
/// one.
public record Sinc(int n) implements Op.Elementwise {
  private static final int ORDERS = 60;

  /// The function itself.
  public Sinc() {
    this(0);
  }

  public Sinc {
    if (n < 0 || n > ORDERS) {
      throw new IllegalArgumentException("sinc needs an order in 0.." + ORDERS + ", got " + n);
    }
  }

  @Override
  public double f(double x) {
    if (Double.isInfinite(x)) {
      return 0;
    }
    double t = Math.PI * x;
    return (Math.abs(t) < Math.max(1.5, 0.5 * n) ? series(t) : recurrence(x, t))
        * Math.pow(Math.PI, n);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return Tensor.apply(new Sinc(n + 1), x);
  }

  /// `Σ (-1)ᵏ t²ᵏ⁻ⁿ / ((2k+1) (2k-n)!)` over all `2k ≥ n`.
  private double series(double t) {
    int first = n + n % 2;
    double power = n % 2 == 0 ? 1 : t;
    double sum = 0;
    for (int j = first; ; j += 2) {
      double before = sum;
      sum += (j % 4 == 0 ? power : -power) / (j + 1);
      if (sum == before) {
        return sum;
      }
      power *= t * t / ((j - n + 1.0) * (j - n + 2.0));
    }
  }

  private double recurrence(double x, double t) {
    double sin = HalfTurns.sin(x);
    double cos = HalfTurns.cos(x);
    double s = sin / t;
    for (int k = 1; k <= n; k++) {
      double wave =
          switch (k % 4) {
            case 0 -> sin;
            case 1 -> cos;
            case 2 -> -sin;
            default -> -cos;
          };
      s = (wave - k * s) / t;
    }
    return s;
  }
}
