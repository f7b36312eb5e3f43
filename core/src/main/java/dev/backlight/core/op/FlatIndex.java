package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// Coordinates (..., k) in the first k axes of a shape as places counted row-major, (...). A
/// coordinate out of its range is an error.
///
/// @param sizes of those k axes
public record FlatIndex(Shape sizes) implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Index.check(this, in[0]);
    Shape shape = in[0].shape();
    if (shape.rank() == 0 || shape.size(-1) != sizes.rank()) {
      throw new ShapeException(
          "flatindex needs an index (..., " + sizes.rank() + "), got " + shape);
    }
    return new Spec[] {in[0].with(shape.without(-1))};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int k = sizes.rank();
    for (int i = 0; i < out[0].size(); i++) {
      int place = 0;
      for (int a = 0; a < k; a++) {
        place = place * sizes.size(a) + Index.at(this, in[0], i * k + a, sizes.size(a));
      }
      out[0].set(i, place);
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
