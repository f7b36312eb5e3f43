package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The angle whose cosine is `x`, elementwise: `y = acos(x)` in [0, π]; NaN outside [-1, 1].
///
/// The slope is minus that of [Asin], so at ±1 it is infinite.
public record Acos() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return StrictMath.acos(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.oneMinus().rsqrt().mul(x.add(1).rsqrt()).neg();
  }
}
