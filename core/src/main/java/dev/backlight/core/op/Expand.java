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

/// Repeats a tensor along axes of size 1 and along new leading axes until it has the shape `to`.
///
/// NumPy's broadcasting as a node of its own, so that no other rule mentions it. Its transpose sums
/// over the repetitions.
public record Expand(Shape to) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    if (!in[0].shape().expandsTo(to)) {
      throw new ShapeException(
          "expand to "
              + to
              + " needs sizes that are equal or 1, aligned at the last axis, got "
              + in[0].shape());
    }
    return new Spec[] {in[0].with(to)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.gather(this, in[0], 0, (op, from, axis) -> op.stride(from, axis), out[0]);
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return 0;
  }

  private int stride(Shape from, int axis) {
    int own = axis - (to.rank() - from.rank());
    return own < 0 || from.size(own) == 1 ? 0 : from.stride(own);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.x().dtype().isFloat() ? at.g().sumTo(at.x().shape()) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    // Axes are aligned at the last one: sizes of 1 keep that of the batch in front.
    Shape one = at.one(0);
    while (one.rank() < to.rank()) {
      one = one.prepend(1);
    }
    Tensor aligned = at.x(0).reshape(one.prepend(at.size()));
    return Tensor.applyAll(new Expand(to.prepend(at.size())), aligned);
  }
}
