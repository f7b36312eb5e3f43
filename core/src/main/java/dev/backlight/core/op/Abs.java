package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The absolute value, elementwise: `y = |x|`.
///
/// At 0 the slope is 0, the subgradient of least norm.
public record Abs() implements Op.Elementwise {
  @Override
  public double f(double x) {
    return Math.abs(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::abs, DoubleLoops::abs);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.sign();
  }
}
