package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Adds elements into zeros along an axis: `y[i, index[i, j]] += x[i, j]` for axis 1, where that
/// axis of `y` has the given size.
///
/// Inputs: `x` of `F32` or `F64`, `index` of `I32` or `I64` and the same shape. The transpose of
/// [TakeAlong]: linear in `x`, and the index is held.
public record AddAlong(int axis, int size) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in[0]);
    Index.check(this, in[1]);
    Check.same(this, in[0], in[1].with(in[0].dtype()));
    return new Spec[] {in[0].with(in[0].shape().with(axis, size))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.clear(out[0]);
    Shape given = in[0].shape();
    int count = given.size(axis);
    int inner = given.stride(axis);
    int outer = given.elements(0, given.axis(axis));
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < count; k++) {
        line(in, out[0], (o * count + k) * inner, o * size * inner, inner);
      }
    }
  }

  /// The elements side by side from `from` on, into lines that begin at `to`.
  private void line(Block[] in, Block out, int from, int to, int inner) {
    if (out.dtype() == DType.F32) {
      float[] x = in[0].f32();
      float[] y = out.f32();
      for (int i = 0; i < inner; i++) {
        y[to + Index.at(this, in[1], from + i, size) * inner + i] += x[from + i];
      }
    } else {
      double[] x = in[0].f64();
      double[] y = out.f64();
      for (int i = 0; i < inner; i++) {
        y[to + Index.at(this, in[1], from + i, size) * inner + i] += x[from + i];
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 ? at.g().takeAlong(axis, at.x(1)) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new AddAlong(Axes.behind(axis), size), at.all());
  }
}
