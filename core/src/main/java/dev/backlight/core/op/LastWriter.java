package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// For each place along an axis of `size`, which element of an index names it last: `I32`, or -1 if
/// none does.
public record LastWriter(int axis, int size) implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Index.check(this, in[0]);
    return new Spec[] {Spec.of(in[0].shape().with(axis, size), DType.I32)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Shape shape = in[0].shape();
    int n = shape.size(axis);
    int inner = shape.stride(axis);
    int outer = shape.elements(0, shape.axis(axis));
    int[] writer = out[0].i32();
    Arrays.fill(writer, 0, out[0].size(), -1);
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < n; k++) {
        for (int i = 0; i < inner; i++) {
          int to = Index.at(this, in[0], (o * n + k) * inner + i, size);
          writer[(o * size + to) * inner + i] = k;
        }
      }
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(new LastWriter(Axes.behind(axis), size), at.x(0));
  }
}
