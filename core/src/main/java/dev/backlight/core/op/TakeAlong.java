package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Picks along an axis with an index of the same rank: `y[i, j] = x[i, index[i, j]]` for axis 1.
///
/// Inputs: `x` of any dtype, `index` of `I32` or `I64` with the sizes of `x` on all other axes; the
/// output has the shape of the index. Its transpose is [AddAlong].
public record TakeAlong(int axis) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Index.check(this, in[1]);
    checkShapes(this, axis, in[0].shape(), in[1].shape());
    return new Spec[] {in[0].with(in[1].shape())};
  }

  static void checkShapes(Op op, int axis, Shape x, Shape index) {
    if (x.rank() != index.rank() || !index.with(axis, 0).equals(x.with(axis, 0))) {
      throw new ShapeException(
          op.name()
              + " needs an index with the sizes of x except along axis "
              + x.axis(axis)
              + ", got x "
              + x
              + " and index "
              + index);
    }
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    Shape taken = out[0].shape();
    int size = shape.size(axis);
    int count = taken.size(axis);
    int inner = taken.stride(axis);
    int outer = taken.elements(0, taken.axis(axis));
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < count; k++) {
        for (int i = 0; i < inner; i++) {
          int place = (o * count + k) * inner + i;
          int from = (o * size + Index.at(this, in[1], place, size)) * inner + i;
          Strided.copyLine(in[0].dtype(), in[0].array(), from, 0, out[0].array(), place, 0, 1);
        }
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 && at.x(0).dtype().isFloat()
        ? at.g().addAlong(axis, at.x(1), at.x(0).size(axis))
        : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new TakeAlong(Axes.behind(axis)), at.all());
  }
}
