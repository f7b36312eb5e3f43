package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// Every element times a number: `y = x · by`.
///
/// The number is rounded to the dtype of the tensor; integers take integers only, and wrap around.
public record Scale(double by) implements Op.Linear {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.numbers(this, in);
    Check.fits(this, by, in[0]);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    switch (out[0].dtype()) {
      case I32 -> {
        int[] x = in[0].i32();
        int[] y = out[0].i32();
        int number = (int) by;
        for (int i = 0; i < n; i++) {
          y[i] = x[i] * number;
        }
      }
      case I64 -> {
        long[] x = in[0].i64();
        long[] y = out[0].i64();
        long number = (long) by;
        for (int i = 0; i < n; i++) {
          y[i] = x[i] * number;
        }
      }
      default -> Loop.with(by, in, out, FloatLoops::scale, DoubleLoops::scale);
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.g().mul(by);
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
