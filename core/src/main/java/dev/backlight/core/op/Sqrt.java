package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The square root, elementwise: `y = √x`.
///
/// At 0 the slope `1 / 2y` is `inf`, the limit from inside the domain; below 0 the value is NaN.
public record Sqrt() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return Math.sqrt(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::sqrt, DoubleLoops::sqrt);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.mul(2).reciprocal();
  }
}
