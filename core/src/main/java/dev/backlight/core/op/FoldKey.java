package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;

/// The key for a number, such as a step of training: [Key#fold] on tensors. Inputs: a key, an `I64`
/// of (2), and the number, an `I64` scalar; the output is a key. Of many keys (…, 2) and as many
/// numbers (…) each is folded for itself.
public record FoldKey() implements Op.Discrete {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Draw.checkKey(this, in[0]);
    if (in[1].dtype() != DType.I64) {
      throw new DTypeException("foldkey needs a number of I64, got " + in[1].dtype());
    }
    if (!in[1].shape().equals(in[0].shape().without(-1))) {
      throw new ShapeException(
          "foldkey needs a scalar, or one for each key, got "
              + in[1].shape()
              + " for keys "
              + in[0].shape());
    }
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Key.Generator generator = new Key.Generator();
    Block one = Block.allocate(Spec.of(Shape.of(2), DType.I64));
    int keys = in[1].shape().elements();
    return (read, written) -> {
      long[] bits = read[0].i64();
      for (int k = 0; k < keys; k++) {
        generator.use(bits[2 * k], bits[2 * k + 1]);
        generator.fold(read[1].i64()[k], one);
        System.arraycopy(one.i64(), 0, written[0].i64(), 2 * k, 2);
      }
    };
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
