package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleScans;
import dev.backlight.core.kernel.FloatScans;
import org.jspecify.annotations.Nullable;

/// Running sums along an axis: `y[k] = x[0] + … + x[k]`, or from the end if `reverse`. Its
/// transpose is the one in the other direction.
public record CumSum(int axis, boolean reverse) implements Op.Linear {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.numbers(this, in);
    in[0].shape().axis(axis);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int n = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    switch (in[0].dtype()) {
      case F32 -> FloatScans.sum(in[0].f32(), out[0].f32(), outer, n, inner, reverse);
      case F64 -> DoubleScans.sum(in[0].f64(), out[0].f64(), outer, n, inner, reverse);
      default -> whole(in[0], out[0], outer, n, inner);
    }
  }

  private void whole(Block x, Block y, int outer, int n, int inner) {
    boolean small = x.dtype() == DType.I32;
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        long sum = 0;
        for (int k = 0; k < n; k++) {
          int at = (o * n + (reverse ? n - 1 - k : k)) * inner + i;
          if (small) {
            sum += x.i32()[at];
            y.i32()[at] = (int) sum;
          } else {
            sum += x.i64()[at];
            y.i64()[at] = sum;
          }
        }
      }
    }
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return Tensor.apply(new CumSum(axis, !reverse), at.g());
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new CumSum(Axes.behind(axis), reverse), at.x(0));
  }
}
