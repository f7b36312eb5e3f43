package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The order of elements reversed along some axes. Of any dtype; its own inverse and transpose.
public record Flip(List<Integer> axes) implements Op.Routing {
  public Flip {
    axes = List.copyOf(axes);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Axes.left(in[0].shape(), axes, true);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int start = 0;
    for (int i = 0; i < axes.size(); i++) {
      start += (shape.size(axes.get(i)) - 1) * shape.stride(axes.get(i));
    }
    Strided.gather(
        this,
        in[0],
        start,
        (op, from, axis) -> Axes.reduced(op.axes, axis) ? -from.stride(axis) : from.stride(axis),
        out[0]);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.x().dtype().isFloat() ? Tensor.apply(this, at.g()) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Flip(Axes.behind(axes)), at.x(0));
  }
}
