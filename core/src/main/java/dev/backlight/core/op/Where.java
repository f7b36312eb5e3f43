package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLogic;
import dev.backlight.core.kernel.FloatLogic;
import org.jspecify.annotations.Nullable;

/// Chooses between two tensors of one spec: `z = c ? a : b` for every element, `c` of dtype `BOOL`.
///
/// The choice is exact: what is not chosen contributes nothing, be it NaN or infinite.
public record Where() implements Op.Routing {
  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 3, in);
    if (in[0].dtype() != DType.BOOL) {
      throw new DTypeException("where needs a BOOL condition, got " + in[0].dtype());
    }
    Check.same(this, in[1], in[2]);
    Check.same(this, in[0].with(in[1].dtype()), in[1]);
    return new Spec[] {in[1]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    boolean[] c = in[0].bool();
    switch (out[0].dtype()) {
      case F32 -> FloatLogic.where(c, in[1].f32(), in[2].f32(), out[0].f32(), n);
      case F64 -> DoubleLogic.where(c, in[1].f64(), in[2].f64(), out[0].f64(), n);
      case I32 -> {
        int[] a = in[1].i32();
        int[] b = in[2].i32();
        int[] z = out[0].i32();
        for (int i = 0; i < n; i++) {
          z[i] = c[i] ? a[i] : b[i];
        }
      }
      case I64 -> {
        long[] a = in[1].i64();
        long[] b = in[2].i64();
        long[] z = out[0].i64();
        for (int i = 0; i < n; i++) {
          z[i] = c[i] ? a[i] : b[i];
        }
      }
      case BOOL -> {
        boolean[] a = in[1].bool();
        boolean[] b = in[2].bool();
        boolean[] z = out[0].bool();
        for (int i = 0; i < n; i++) {
          z[i] = c[i] ? a[i] : b[i];
        }
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return switch (i) {
      case 1 -> at.x(0).where(at.g(), 0);
      case 2 -> at.x(0).where(0, at.g());
      default -> null;
    };
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
