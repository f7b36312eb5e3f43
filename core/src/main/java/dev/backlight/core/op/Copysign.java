package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The size of `x` with the sign of `y`, that of a zero included; both of one shape.
///
/// The slope is ±1 in `x`, 0 at `x = 0`, and 0 in `y`.
public record Copysign() implements Op.Pairwise {
  @Override
  public double f(double x, double y) {
    return Math.copySign(x, Double.isNaN(y) ? 0.0 : y);
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    return i == 0
        ? x.sign().mul(Tensor.ones(x.shape(), x.dtype()).copysign(y))
        : Tensor.zeros(y.shape(), y.dtype());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 ? at.g().mul(slope(0, at.x(0), at.x(1), at.y())) : null;
  }
}
