package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.ScaledErfc;

/// The repeated integral of the complement of the error function, scaled, elementwise: `y = exp(x²)
/// iⁿerfc(x)`; of order 0 it is `exp(x²) erfc(x)`.
///
/// Derivatives lead to the next order: the slope is `-2 (n+1)` times it. Nothing cancels, however
/// large `x` is.
public record Erfcx(int order) implements Op.Elementwise {
  public Erfcx {
    if (order < 0 || order > ScaledErfc.ORDERS) {
      throw new IllegalArgumentException(
          "erfcx needs an order in 0.." + ScaledErfc.ORDERS + ", got " + order);
    }
  }

  @Override
  public double f(double x) {
    return ScaledErfc.w(order, x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return Tensor.apply(new Erfcx(order + 1), x).mul(-2 * (order + 1));
  }
}
