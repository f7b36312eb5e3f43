package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The hyperbolic tangent, elementwise: `y = tanh(x)`.
///
/// The slope `1 - y²` is read off the output, so the input need not be kept for the reverse sweep.
public record Tanh() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return StrictMath.tanh(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::tanh, DoubleLoops::tanh);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.square().oneMinus();
  }
}
