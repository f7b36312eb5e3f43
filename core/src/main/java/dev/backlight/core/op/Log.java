package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The natural logarithm, elementwise: `y = ln x`.
///
/// At 0 the value is `-inf` and the slope `inf`; below 0 the value is NaN.
public record Log() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return StrictMath.log(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::log, DoubleLoops::log);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.reciprocal();
  }
}
