package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLogic;
import dev.backlight.core.kernel.FloatLogic;

/// Compares every element with a number: `y = x > to` and its kin, of dtype `BOOL`.
///
/// For `F32` the number is rounded to float first, so that a tensor filled with 0.1 equals 0.1; for
/// the integer types it has to be an integer of that type and for `BOOL` 0 or 1.
public record CompareTo(Compare.Kind kind, double to) implements Op.Discrete {
  /// The relation: `gt`, `ge`, `lt`, `le`, `eq` or `ne`.
  @Override
  public String name() {
    return kind.lower();
  }

  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    boolean fits =
        switch (in[0].dtype()) {
          case F32, F64 -> true;
          case I32 -> (int) to == to;
          case I64 -> (long) to == to;
          case BOOL -> to == 0 || to == 1;
        };
    if (!fits) {
      throw new DTypeException(
          name() + " on " + in[0].dtype() + " needs a number of that type, got " + to);
    }
    return new Spec[] {in[0].with(DType.BOOL)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    boolean[] y = out[0].bool();
    switch (in[0].dtype()) {
      case F32 -> floats(in[0].f32(), (float) to, y, n);
      case F64 -> doubles(in[0].f64(), to, y, n);
      case I64 -> {
        long[] x = in[0].i64();
        long k = (long) to;
        for (int i = 0; i < n; i++) {
          y[i] = kind.holds(x[i], k);
        }
      }
      case I32, BOOL -> {
        for (int i = 0; i < n; i++) {
          y[i] = kind.holds(in[0].get(i), to);
        }
      }
    }
  }

  private void floats(float[] x, float k, boolean[] y, int n) {
    switch (kind) {
      case GT -> FloatLogic.gt(x, k, y, n);
      case GE -> FloatLogic.ge(x, k, y, n);
      case LT -> FloatLogic.lt(x, k, y, n);
      case LE -> FloatLogic.le(x, k, y, n);
      case EQ -> FloatLogic.eq(x, k, y, n);
      case NE -> FloatLogic.ne(x, k, y, n);
    }
  }

  private void doubles(double[] x, double k, boolean[] y, int n) {
    switch (kind) {
      case GT -> DoubleLogic.gt(x, k, y, n);
      case GE -> DoubleLogic.ge(x, k, y, n);
      case LT -> DoubleLogic.lt(x, k, y, n);
      case LE -> DoubleLogic.le(x, k, y, n);
      case EQ -> DoubleLogic.eq(x, k, y, n);
      case NE -> DoubleLogic.ne(x, k, y, n);
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.x(0));
  }
}
