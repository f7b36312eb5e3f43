package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLogic;
import dev.backlight.core.kernel.FloatLogic;
import java.util.Locale;

/// Compares two tensors of one shape and dtype, element by element: `z = x > y` and its kin, of
/// dtype `BOOL`.
///
/// Every comparison with NaN is false, except `NE`; of truth values, `true` is the greater.
public record Compare(Kind kind) implements Op.Discrete {
  /// Which relation is asked for.
  public enum Kind {
    /// Greater than.
    GT,
    /// Greater than or equal.
    GE,
    /// Less than.
    LT,
    /// Less than or equal.
    LE,
    /// Equal.
    EQ,
    /// Not equal.
    NE;

    boolean holds(double x, double y) {
      return switch (this) {
        case GT -> x > y;
        case GE -> x >= y;
        case LT -> x < y;
        case LE -> x <= y;
        case EQ -> x == y;
        case NE -> x != y;
      };
    }

    boolean holds(long x, long y) {
      return switch (this) {
        case GT -> x > y;
        case GE -> x >= y;
        case LT -> x < y;
        case LE -> x <= y;
        case EQ -> x == y;
        case NE -> x != y;
      };
    }

    String lower() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

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
    Check.inputs(this, 2, in);
    Check.same(this, in);
    return new Spec[] {in[0].with(DType.BOOL)};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int n = out[0].size();
    boolean[] z = out[0].bool();
    switch (in[0].dtype()) {
      case F32 -> floats(in[0].f32(), in[1].f32(), z, n);
      case F64 -> doubles(in[0].f64(), in[1].f64(), z, n);
      case I64 -> {
        long[] x = in[0].i64();
        long[] y = in[1].i64();
        for (int i = 0; i < n; i++) {
          z[i] = kind.holds(x[i], y[i]);
        }
      }
      case I32, BOOL -> {
        for (int i = 0; i < n; i++) {
          z[i] = kind.holds(in[0].get(i), in[1].get(i));
        }
      }
    }
  }

  private void floats(float[] x, float[] y, boolean[] z, int n) {
    switch (kind) {
      case GT -> FloatLogic.gt(x, y, z, n);
      case GE -> FloatLogic.ge(x, y, z, n);
      case LT -> FloatLogic.gt(y, x, z, n);
      case LE -> FloatLogic.ge(y, x, z, n);
      case EQ -> FloatLogic.eq(x, y, z, n);
      case NE -> FloatLogic.ne(x, y, z, n);
    }
  }

  private void doubles(double[] x, double[] y, boolean[] z, int n) {
    switch (kind) {
      case GT -> DoubleLogic.gt(x, y, z, n);
      case GE -> DoubleLogic.ge(x, y, z, n);
      case LT -> DoubleLogic.gt(y, x, z, n);
      case LE -> DoubleLogic.ge(y, x, z, n);
      case EQ -> DoubleLogic.eq(x, y, z, n);
      case NE -> DoubleLogic.ne(x, y, z, n);
    }
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
