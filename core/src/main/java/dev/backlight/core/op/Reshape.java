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

/// The same elements in the same order under another shape. Of any dtype.
public record Reshape(Shape to) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    if (in[0].shape().elements() != to.elements()) {
      throw new ShapeException(
          "reshape to "
              + to
              + " needs "
              + to.elements()
              + " elements, got "
              + in[0].shape().elements()
              + " of "
              + in[0].shape());
    }
    return new Spec[] {in[0].with(to)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    System.arraycopy(in[0].array(), 0, out[0].array(), 0, out[0].size());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.x().dtype().isFloat() ? at.g().reshape(at.x().shape()) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Reshape(to.prepend(at.size())), at.x(0));
  }
}
