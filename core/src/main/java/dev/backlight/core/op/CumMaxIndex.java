package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Where the largest element so far is, along an axis: `I32`, of ties the first. The first NaN
/// counts as the largest.
public record CumMaxIndex(int axis) implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    in[0].shape().axis(axis);
    return new Spec[] {in[0].with(DType.I32)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int n = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    int[] index = out[0].i32();
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int best = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < n; k++) {
          int at = (o * n + k) * inner + i;
          double value = in[0].get(at);
          if (k == 0 || (!(value <= largest) && !Double.isNaN(largest))) {
            best = k;
            largest = value;
          }
          index[at] = best;
        }
      }
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new CumMaxIndex(Axes.behind(axis)), at.x(0));
  }
}
