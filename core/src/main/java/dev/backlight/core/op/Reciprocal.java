package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// One over every element: `y = 1 / x`.
///
/// At 0 the value is infinite and the slope `-y²` is `-inf`.
public record Reciprocal() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    return 1 / x;
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.each(in, out, FloatLoops::reciprocal, DoubleLoops::reciprocal);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.square().neg();
  }
}
