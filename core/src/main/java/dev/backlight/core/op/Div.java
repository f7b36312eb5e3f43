package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The elementwise quotient: `z = x / y`, both of one shape.
///
/// The slopes are `1 / y` and `-z / y`; at 0/0 they are `inf` and NaN. [Tensor#divNoNan] answers 0
/// there.
public record Div() implements Op.Pairwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x, double y) {
    return x / y;
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.pairs(in, out, FloatLoops::div, DoubleLoops::div);
  }

  @Override
  public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
    return i == 0 ? y.reciprocal() : z.div(y).neg();
  }
}
