package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Picks slices along an axis with an index of any rank: `y[…, i…, …] = x[…, index[i…], …]`.
///
/// Inputs: `x` of any dtype, `index` of `I32` or `I64`; the axes of the index stand where the axis
/// was. With axis 0 it looks rows up in a table. Its transpose is [TakeAdd].
public record Take(int axis) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Index.check(this, in[1]);
    Shape x = in[0].shape();
    Shape index = in[1].shape();
    int along = x.axis(axis);
    int[] sizes = new int[x.rank() - 1 + index.rank()];
    for (int i = 0; i < sizes.length; i++) {
      int inside = i - along;
      sizes[i] =
          inside < 0
              ? x.size(i)
              : inside < index.rank() ? index.size(inside) : x.size(i + 1 - index.rank());
    }
    return new Spec[] {in[0].with(Shape.of(sizes))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int size = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    int count = in[1].size();
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < count; k++) {
        int from = (o * size + Index.at(this, in[1], k, size)) * inner;
        System.arraycopy(in[0].array(), from, out[0].array(), (o * count + k) * inner, inner);
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return i == 0 && at.x(0).dtype().isFloat()
        ? at.g().takeAdd(axis, at.x(1), at.x(0).size(axis))
        : null;
  }

  /// Examples with an index of their own pick element by element.
  @Override
  public Tensor[] batch(Batch at) {
    int along = at.one(0).axis(axis);
    if (!at.isMapped(1)) {
      return Tensor.applyAll(new Take(along + 1), at.x(0), at.x(1));
    }
    if (!at.isMapped(0)) {
      Tensor y = at.x(0).take(along, at.x(1));
      return new Tensor[] {Axes.first(y, along)};
    }
    Shape x = at.x(0).shape();
    Tensor index = Index.along(at.x(1), x.with(along + 1, at.one(1).elements()), along + 1);
    Tensor y = at.x(0).takeAlong(along + 1, index);
    Spec one = infer(at.x(0).spec().with(at.one(0)), at.x(1).spec().with(at.one(1)))[0];
    return new Tensor[] {y.reshape(one.shape().prepend(at.size()))};
  }
}
