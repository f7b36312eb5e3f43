package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The logistic function, elementwise: `y = 1 / (1 + e⁻ˣ)`, without overflow on either side.
///
/// The slope `y (1 - y)` is read off the output, so the input need not be kept for the reverse
/// sweep.
public record Sigmoid() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    if (x >= 0) {
      return 1 / (1 + StrictMath.exp(-x));
    }
    double e = StrictMath.exp(x);
    return e / (1 + e);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::sigmoid, DoubleLoops::sigmoid);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.mul(y.oneMinus());
  }
}
