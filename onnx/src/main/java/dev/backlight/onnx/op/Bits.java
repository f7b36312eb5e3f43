package dev.backlight.onnx.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An operation on the bits of two integers.
record Bits(How how) implements Op.Discrete {
  /// The operations.
  enum How {
    AND,
    OR,
    XOR,
    SHIFT_LEFT,
    /// To the right, with zeros from the left; a shift by all bits or more leaves nothing.
    SHIFT_RIGHT,
    /// To the right, with copies of the sign from the left.
    SHIFT_RIGHT_SIGNED,
    /// The quotient of the bits read without a sign, rounded down.
    DIVIDE,
    /// The remainder of the bits read without a sign.
    REMAINDER
  }

  @Override
  public String name() {
    return "bits(" + how.name().toLowerCase(Locale.ROOT) + ")";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    if (!in[0].dtype().isInteger()) {
      throw new DTypeException(name() + " needs I32 or I64, got " + in[0].dtype());
    }
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = in[0].size();
    if (out[0].dtype() == DType.I64) {
      for (int i = 0; i < n; i++) {
        out[0].i64()[i] = of(in[0].i64()[i], in[1].i64()[i]);
      }
    } else {
      for (int i = 0; i < n; i++) {
        out[0].i32()[i] = (int) of(in[0].i32()[i], in[1].i32()[i]);
      }
    }
  }

  private long of(long a, long b) {
    return switch (how) {
      case AND -> a & b;
      case OR -> a | b;
      case XOR -> a ^ b;
      case SHIFT_LEFT -> b < 0 || b > 63 ? 0 : a << b;
      case SHIFT_RIGHT -> b < 0 || b > 63 ? 0 : a >>> b;
      case SHIFT_RIGHT_SIGNED -> a >> (b < 0 || b > 63 ? 63 : b);
      case DIVIDE -> Long.divideUnsigned(a, divisor(b));
      case REMAINDER -> Long.remainderUnsigned(a, divisor(b));
    };
  }

  private long divisor(long b) {
    if (b == 0) {
      throw new IllegalArgumentException(name() + " needs divisors other than 0, got 0");
    }
    return b;
  }

  @Override
  public Tensor @Nullable [] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
