package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;

/// The key for a number, such as a step of training: [Key#fold] on tensors. Inputs: a key, an `I64`
/// of (2), and the number, an `I64` scalar; the output is a key.
public record FoldKey() implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Draw.checkKey(this, in[0]);
    if (in[1].dtype() != DType.I64) {
      throw new DTypeException("foldkey needs a number of I64, got " + in[1].dtype());
    }
    if (in[1].shape().rank() != 0) {
      throw new ShapeException("foldkey needs a scalar, got " + in[1].shape());
    }
    return new Spec[] {Spec.of(Shape.of(2), DType.I64)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Key.Generator generator = new Key.Generator();
    return (read, written) -> {
      generator.use(read[0].i64()[0], read[0].i64()[1]);
      generator.fold(read[1].i64()[0], written[0]);
    };
  }
}
