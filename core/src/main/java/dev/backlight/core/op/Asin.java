package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The angle whose sine is `x`, elementwise: `y = asin(x)` in [-π/2, π/2]; NaN outside [-1, 1].
///
/// The slope is `1 / (√(1-x) √(1+x))`: two roots, since `1 - x²` would lose digits near ±1. There
/// it is infinite.
public record Asin() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.asin(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.oneMinus().rsqrt().mul(x.add(1).rsqrt());
  }
}
