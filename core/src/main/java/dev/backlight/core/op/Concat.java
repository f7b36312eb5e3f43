package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Tensors laid end to end along an axis; the other sizes are equal. Of any dtype.
public record Concat(int axis) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    if (in.length == 0) {
      throw new ShapeException("concat needs at least one input, got 0");
    }
    Shape first = in[0].shape();
    int along = first.axis(axis);
    int size = 0;
    for (Spec spec : in) {
      if (spec.dtype() != in[0].dtype()) {
        throw new DTypeException(
            "concat needs one dtype, got " + in[0].dtype() + " and " + spec.dtype());
      }
      Shape shape = spec.shape();
      if (shape.rank() != first.rank() || !shape.with(along, 0).equals(first.with(along, 0))) {
        throw new ShapeException(
            "concat needs equal sizes except along axis "
                + along
                + ", got "
                + first
                + " and "
                + shape);
      }
      size += shape.size(along);
    }
    return new Spec[] {in[0].with(first.with(along, size))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int along = out[0].shape().axis(axis);
    int outer = out[0].shape().elements(0, along);
    int row = out[0].shape().elements(along, out[0].shape().rank());
    int at = 0;
    for (Block x : in) {
      int run = x.shape().elements(along, x.shape().rank());
      for (int o = 0; o < outer; o++) {
        System.arraycopy(x.array(), o * run, out[0].array(), o * row + at, run);
      }
      at += run;
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    if (!at.x(i).dtype().isFloat()) {
      return null;
    }
    int from = 0;
    for (int before = 0; before < i; before++) {
      from += at.x(before).size(axis);
    }
    return at.g().slice(axis, from, from + at.x(i).size(axis));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Concat(Axes.behind(axis)), at.all());
  }
}
