package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// The places of the elements along an axis in the order of their values: `I32`, rising, or falling
/// if `descending`.
///
/// Equal elements keep their order both ways. NaN is larger than all numbers.
public record Argsort(int axis, boolean descending) implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    in[0].shape().axis(axis);
    return new Spec[] {in[0].with(DType.I32)};
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Shape shape = in[0].shape();
    int n = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    long[] keys = new long[n];
    int[] places = new int[n];
    int[] spare = new int[n];
    return (x, y) -> {
      int[] index = y[0].i32();
      for (int o = 0; o < outer; o++) {
        for (int i = 0; i < inner; i++) {
          for (int k = 0; k < n; k++) {
            long key = Lines.key(x[0], (o * n + k) * inner + i);
            keys[k] = descending ? ~key : key;
            places[k] = k;
          }
          int[] sorted = Lines.sort(keys, places, spare, n);
          for (int k = 0; k < n; k++) {
            index[(o * n + k) * inner + i] = sorted[k];
          }
        }
      }
    };
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new Argsort(Axes.behind(axis), descending), at.x(0));
  }
}
