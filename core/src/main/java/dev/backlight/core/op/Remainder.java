package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// What is left of `x` after division by `y` rounded down, as in Python: `z = x - y ⌊x/y⌋`, with
/// the sign of `y`; both of one shape.
///
/// The remainder is exact where the quotient is large. The slopes are 1 and `-⌊x/y⌋`.
public record Remainder() implements Op.Pairwise {
  @Override
  public double f(double x, double y) {
    double rest = x % y;
    return rest != 0 && rest < 0 != y < 0 ? rest + y : rest;
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    return i == 0 ? Tensor.ones(x.shape(), x.dtype()) : x.floorDiv(y).neg();
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 ? at.g() : at.g().mul(slope(1, at.x(0), at.x(1), at.y()));
  }
}
