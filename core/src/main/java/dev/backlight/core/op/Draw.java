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
import java.util.Arrays;

/// Random numbers from a key that is a tensor, an `I64` of (2): the same draws as [Key]'s, made
/// anew on every replay. Of many keys (…, 2) each draws for itself.
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
    Shape keys = in[0].shape();
    int lead = keys.rank() - 1;
    int[] sizes = Arrays.copyOf(keys.sizes(), lead + shape.rank());
    System.arraycopy(shape.sizes(), 0, sizes, lead, shape.rank());
    return new Spec[] {Spec.of(Shape.of(sizes), dtype)};
  }

  static void checkKey(Op op, Spec key) {
    if (key.dtype() != DType.I64) {
      throw new DTypeException(op.name() + " needs a key of I64, got " + key.dtype());
    }
    if (key.shape().rank() == 0 || key.shape().size(-1) != 2) {
      throw new ShapeException(op.name() + " needs a key of (2), or many, got " + key.shape());
    }
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    Key.Generator generator = new Key.Generator();
    int keys = in[0].shape().elements() / 2;
    int each = shape.elements();
    Block one = Block.allocate(Spec.of(keys > 1 ? shape : Shape.of(0), dtype));
    return (read, written) -> {
      long[] bits = read[0].i64();
      for (int k = 0; k < keys; k++) {
        generator.use(bits[2 * k], bits[2 * k + 1]);
        Block to = keys == 1 ? written[0] : one;
        switch (kind) {
          case UNIFORM -> generator.uniform(to);
          case NORMAL -> generator.normal(to);
        }
        if (keys > 1) {
          System.arraycopy(one.array(), 0, written[0].array(), k * each, each);
        }
      }
    };
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
