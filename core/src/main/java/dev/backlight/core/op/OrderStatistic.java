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

/// The element that stands at a place, from 0, when those along an axis are sorted; the axis is
/// dropped. NaN if any is NaN.
///
/// Where several elements are equal to it they share the gradient evenly. [Argsort] is the one that
/// selects.
public record OrderStatistic(int axis, int place) implements Op.Coupled {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape shape = in[0].shape();
    if (place < 0 || place >= shape.size(axis)) {
      throw new ShapeException(
          "orderstatistic needs a place in 0.."
              + (shape.size(axis) - 1)
              + " along axis "
              + shape.axis(axis)
              + " of "
              + shape
              + ", got "
              + place);
    }
    return new Spec[] {in[0].with(shape.without(axis))};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Shape shape = in[0].shape();
    int n = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    long[] keys = new long[n];
    return (x, y) -> {
      for (int o = 0; o < outer; o++) {
        for (int i = 0; i < inner; i++) {
          boolean nan = false;
          for (int k = 0; k < n; k++) {
            int at = (o * n + k) * inner + i;
            nan |= Double.isNaN(x[0].get(at));
            keys[k] = Lines.key(x[0], at);
          }
          y[0].set(o * inner + i, nan ? Double.NaN : number(Lines.select(keys, n, place)));
        }
      }
    };
  }

  private static double number(long key) {
    return Double.longBitsToDouble(key ^ ((key >> 63) & Long.MAX_VALUE));
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor x = at.x();
    int along = x.shape().axis(axis);
    Tensor equal = x.eq(at.y().unsqueeze(along).expand(x.shape())).to(x.dtype());
    Tensor shared = at.g().unsqueeze(along).div(equal.sumKeep(along));
    return equal.mul(shared.expand(x.shape()));
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new OrderStatistic(Axes.behind(axis), place), at.x(0));
  }
}
