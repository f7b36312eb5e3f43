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

/// A box cut out of a tensor, one [Span] an axis, every `step`-th index. Of any dtype.
///
/// Its transpose is [Embed] with the same spans.
public record Slice(List<Span> spans) implements Op.Routing {
  public Slice {
    spans = List.copyOf(spans);
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    checkInside(this, spans, in[0].shape());
    return new Spec[] {in[0].with(shape(spans))};
  }

  /// The shape of what spans pick.
  static Shape shape(List<Span> spans) {
    int[] sizes = new int[spans.size()];
    for (int a = 0; a < sizes.length; a++) {
      sizes[a] = spans.get(a).count();
    }
    return Shape.of(sizes);
  }

  static void checkInside(Op op, List<Span> spans, Shape whole) {
    boolean inside = spans.size() == whole.rank();
    for (int a = 0; inside && a < spans.size(); a++) {
      inside = spans.get(a).needs() <= whole.size(a);
    }
    if (!inside) {
      throw new ShapeException(
          op.name() + " needs one span inside each axis of " + whole + ", got " + spans);
    }
  }

  /// Where the first picked element lies.
  static int start(List<Span> spans, Shape whole) {
    int start = 0;
    for (int a = 0; a < spans.size(); a++) {
      start += spans.get(a).from() * whole.stride(a);
    }
    return start;
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.gather(
        this,
        in[0],
        start(spans, in[0].shape()),
        (op, whole, axis) -> op.spans.get(axis).step() * whole.stride(axis),
        out[0]);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.x().dtype().isFloat() ? Tensor.apply(new Embed(at.x().shape(), spans), at.g()) : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Slice(Span.behind(at.size(), spans)), at.x(0));
  }
}
