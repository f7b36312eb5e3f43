package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;

/// Random numbers from a key that is a tensor, an `I64` of (2): the same draws as [Key]'s, made
/// anew on every replay.
public record Draw(Kind kind, Shape shape, DType dtype) implements Op.Discrete {
  /// How the numbers are distributed.
  public enum Kind {
    /// In `[0, 1)`.
    UNIFORM,
    /// With mean 0 and variance 1.
    NORMAL
  }

  public Draw {
    if (!dtype.isFloat()) {
      throw new DTypeException("draw needs F32 or F64, got " + dtype);
    }
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    checkKey(this, in[0]);
    return new Spec[] {Spec.of(shape, dtype)};
  }

  static void checkKey(Op op, Spec key) {
    if (key.dtype() != DType.I64) {
      throw new DTypeException(op.name() + " needs a key of I64, got " + key.dtype());
    }
    if (!key.shape().equals(Shape.of(2))) {
      throw new ShapeException(op.name() + " needs a key of (2), got " + key.shape());
    }
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
      switch (kind) {
        case UNIFORM -> generator.uniform(written[0]);
        case NORMAL -> generator.normal(written[0]);
      }
    };
  }
}
