package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Every element held between two bounds: `y = min(max(x, lo), hi)`; either may be infinite.
///
/// The slope is 1 between the bounds and *on* them: images are full of exact 0 and 1, and a slope
/// of 0 would erase their attribution. The vjp selects rather than multiplies, so that an infinite
/// cotangent gives 0 outside. [Relu6] and [Maximum] share ties by the general rule.
public record Clamp(double lo, double hi) implements Op.Elementwise {
  public Clamp {
    if (!(lo <= hi)) {
      throw new IllegalArgumentException("clamp needs lo ≤ hi, got " + lo + " and " + hi);
    }
  }

  @Override
  public double f(double x) {
    return Math.min(Math.max(x, lo), hi);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return inside(x).to(x.dtype());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return inside(at.x()).where(at.g(), 0);
  }

  private Tensor inside(Tensor x) {
    return x.ge(lo).and(x.le(hi));
  }
}
