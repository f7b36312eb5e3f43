package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The largest element along an axis, which is dropped, and its index: two outputs, the values and
/// an `I32` index.
///
/// A selection: of several that are the largest it is the first, which alone gets the gradient. The
/// first NaN counts as the largest.
public record MaxIndex(int axis) implements Op.Routing {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape shape = in[0].shape();
    if (shape.size(axis) == 0) {
      throw new ShapeException(
          "maxindex needs at least one element along axis " + shape.axis(axis) + ", got " + shape);
    }
    Shape left = shape.without(axis);
    return new Spec[] {in[0].with(left), Spec.of(left, DType.I32)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int size = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    int[] index = out[1].i32();
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int place = o * inner + i;
        int first = o * size * inner + i;
        int best = first(in[0], first, inner, size);
        index[place] = best;
        Strided.copyLine(
            in[0].dtype(), in[0].array(), first + best * inner, 0, out[0].array(), place, 0, 1);
      }
    }
  }

  private static int first(Block block, int from, int step, int n) {
    int best = 0;
    if (block.dtype() == DType.F32) {
      float[] x = block.f32();
      for (int i = 1; i < n; i++) {
        float largest = x[from + best * step];
        best = !(x[from + i * step] <= largest) && !Float.isNaN(largest) ? i : best;
      }
    } else {
      double[] x = block.f64();
      for (int i = 1; i < n; i++) {
        double largest = x[from + best * step];
        best = !(x[from + i * step] <= largest) && !Double.isNaN(largest) ? i : best;
      }
    }
    return best;
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    int along = at.x().shape().axis(axis);
    return at.g().unsqueeze(along).addAlong(along, at.y(1).unsqueeze(along), at.x().size(along));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new MaxIndex(Axes.behind(axis)), at.x(0));
  }
}
