package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;

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
    return at(op, index.array(), i, size);
  }

  /// The same of an array of `int` or `long`.
  static int at(Op op, Object index, int i, int size) {
    long found = index instanceof int[] ints ? ints[i] : ((long[]) index)[i];
    if (found < 0 || found >= size) {
      throw new IllegalArgumentException(
          op.name() + " needs indices in 0.." + (size - 1) + ", got " + found);
    }
    return (int) found;
  }

  /// An index of (n, i…) for each of `n` examples, its places laid along one axis of `whole`, whose
  /// first axis is `n`, and repeated along the others.
  static Tensor along(Tensor index, Shape whole, int axis) {
    int[] sizes = new int[whole.rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = whole.size(0);
    sizes[axis] = whole.size(axis);
    return index.reshape(Shape.of(sizes)).expand(whole);
  }
}
