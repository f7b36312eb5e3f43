package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The exponential function, elementwise: `y = eˣ`, which is its own slope.
public record Exp() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return StrictMath.exp(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::exp, DoubleLoops::exp);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y;
  }
}
