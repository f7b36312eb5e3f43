package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tensor written into zeros of the shape `into`, at the places that the spans name. Of any
/// dtype.
///
/// Padding, and the transpose of [Slice] with the same spans.
public record Embed(Shape into, List<Span> spans) implements Op.Routing {
  public Embed {
    spans = List.copyOf(spans);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Slice.checkInside(this, spans, into);
    Shape picked = Slice.shape(spans);
    if (!in[0].shape().equals(picked)) {
      throw new ShapeException("embed needs " + picked + ", got " + in[0].shape());
    }
    return new Spec[] {in[0].with(into)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.clear(out[0]);
    Strided.scatter(
        this,
        in[0],
        out[0],
        Slice.start(spans, into),
        (op, whole, axis) -> op.spans.get(axis).step() * whole.stride(axis));
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.x().dtype().isFloat() ? Tensor.apply(new Slice(spans), at.g()) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(
        new Embed(into.prepend(at.size()), Span.behind(at.size(), spans)), at.x(0));
  }
}
