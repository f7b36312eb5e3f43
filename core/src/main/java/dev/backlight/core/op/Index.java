package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;

/// What ops with an index among their inputs ask of it, with one wording for all.
final class Index {
  private Index() {}

  static void check(Op op, Spec index) {
    if (!index.dtype().isInteger()) {
      throw new DTypeException(op.name() + " needs an index of I32 or I64, got " + index.dtype());
    }
  }

  /// Element `i` of an index block, which must lie in `0..size-1`.
  static int at(Op op, Block index, int i, int size) {
    long found = index.dtype() == DType.I32 ? index.i32()[i] : index.i64()[i];
    if (found < 0 || found >= size) {
      throw new IllegalArgumentException(
          op.name() + " needs indices in 0.." + (size - 1) + ", got " + found);
    }
    return (int) found;
  }
}
