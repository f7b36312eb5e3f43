package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Adds slices into zeros along an axis: `y[…, index[i…], …] += x[…, i…, …]`, where that axis of
/// `y` has the given size.
///
/// Inputs: `x` of `F32` or `F64`, which has the axes of the index in place of that axis, and
/// `index` of `I32` or `I64`. The transpose of [Take]: linear in `x`, and the index is held.
public record TakeAdd(int axis, int size) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in[0]);
    Index.check(this, in[1]);
    Shape x = in[0].shape();
    Shape index = in[1].shape();
    boolean fits = axis + index.rank() <= x.rank();
    if (!fits
        || !Shape.of(Arrays.copyOfRange(x.sizes(), axis, axis + index.rank())).equals(index)) {
      throw new ShapeException(
          "takeadd needs x with the axes of the index from axis "
              + axis
              + " on, got x "
              + x
              + " and index "
              + index);
    }
    int[] sizes = new int[x.rank() - index.rank() + 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = i < axis ? x.size(i) : i == axis ? size : x.size(i - 1 + index.rank());
    }
    return new Spec[] {in[0].with(Shape.of(sizes))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.clear(out[0]);
    Shape made = out[0].shape();
    int inner = made.stride(axis);
    int outer = made.elements(0, axis);
    int count = in[1].size();
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < count; k++) {
        int to = (o * size + Index.at(this, in[1], k, size)) * inner;
        int from = (o * count + k) * inner;
        Strided.addLine(in[0].dtype(), in[0].array(), from, 1, out[0].array(), to, 1, inner);
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 ? at.g().take(axis, at.x(1)) : null;
  }

  /// Examples with an index of their own add element by element.
  @Override
  public Tensor[] batch(Batch at) {
    if (!at.isMapped(1)) {
      return Tensor.applyAll(new TakeAdd(axis + 1, size), at.x(0), at.x(1));
    }
    Shape one = at.one(0);
    Shape index = at.one(1);
    int[] sizes = new int[one.rank() - index.rank() + 2];
    sizes[0] = at.size();
    for (int i = 1; i < sizes.length; i++) {
      int own = i - 1;
      sizes[i] =
          own < axis
              ? one.size(own)
              : own == axis ? index.elements() : one.size(own - 1 + index.rank());
    }
    Shape flat = Shape.of(sizes);
    Tensor x = at.all(0).reshape(flat);
    return new Tensor[] {x.addAlong(axis + 1, Index.along(at.x(1), flat, axis + 1), size)};
  }
}
