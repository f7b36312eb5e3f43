package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// A class index as a new last axis with a single 1: `y[…, k] = 1` where `x[…] = k`, and 0
/// elsewhere.
public record OneHot(int classes, DType dtype) implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Index.check(this, in[0]);
    Shape shape = in[0].shape();
    int[] sizes = Arrays.copyOf(shape.sizes(), shape.rank() + 1);
    sizes[shape.rank()] = classes;
    return new Spec[] {Spec.of(Shape.of(sizes), dtype)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Strided.clear(out[0]);
    for (int i = 0; i < in[0].size(); i++) {
      out[0].set(i * classes + Index.at(this, in[0], i, classes), 1);
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
