package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;

/// The absolute value, elementwise: `y = |x|`.
///
/// At 0 the slope is 0, the subgradient of least norm.
public record Abs() implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.numbers(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public double f(double x) {
    return Math.abs(x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    switch (out[0].dtype()) {
      case I32 -> {
        int[] x = in[0].i32();
        int[] y = out[0].i32();
        for (int i = 0; i < n; i++) {
          y[i] = Math.abs(x[i]);
        }
      }
      case I64 -> {
        long[] x = in[0].i64();
        long[] y = out[0].i64();
        for (int i = 0; i < n; i++) {
          y[i] = Math.abs(x[i]);
        }
      }
      default -> Loop.each(in, out, FloatLoops::abs, DoubleLoops::abs);
    }
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.sign();
  }
}
