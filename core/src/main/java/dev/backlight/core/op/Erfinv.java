package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.ScaledErfc;

/// The inverse of the error function, elementwise: `erf(y) = x`; infinite at ±1 and NaN beyond.
///
/// A first guess, then three steps by Halley's rule; from ½ on against the complement, which keeps
/// its digits. The slope is `√π/2 exp(y²)`. S. Winitzki, "A handy approximation for the error
/// function and its inverse" (2008).
public record Erfinv() implements Op.Elementwise {
  private static final double HALF_ROOT_PI = Math.sqrt(Math.PI) / 2;
  private static final Erf ERF = new Erf();

  @Override
  public double f(double x) {
    double a = Math.abs(x);
    if (!(a < 1)) {
      return a == 1 ? Math.copySign(Double.POSITIVE_INFINITY, x) : Double.NaN;
    }
    double y = guess(a);
    for (int step = 0; step < 3; step++) {
      double over = a < 0.5 ? ERF.f(y) - a : 1 - a - ScaledErfc.erfc(y, ERF.f(y));
      double newton = HALF_ROOT_PI * over / ScaledErfc.gauss(y);
      y -= newton / (1 + y * newton);
    }
    return Math.copySign(y, x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.square().exp().mul(HALF_ROOT_PI);
  }

  private static double guess(double a) {
    if (a < 0.1) {
      return HALF_ROOT_PI * a * (1 + Math.PI / 12 * a * a);
    }
    double log = StrictMath.log1p(-a * a);
    double t = 2 / (Math.PI * 0.147) + log / 2;
    return Math.sqrt(Math.sqrt(t * t - log / 0.147) - t);
  }
}
