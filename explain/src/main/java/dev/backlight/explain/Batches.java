package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// A batch repeated, as methods need it that ask a model about many variants of every example at
/// once.
final class Batches {
  /// So many rows keep the vector units busy, and so many elements stay in the caches.
  private static final int ROWS = 64;

  private static final int ELEMENTS = 1 << 17;

  private Batches() {}

  /// How many rows to ask about at once: a multiple of a number, and at least that.
  static int rows(Tensor batch, int multiple) {
    int fitting = ELEMENTS / Math.max(1, batch.elements() / batch.size(0));
    return Math.clamp(fitting, multiple, ROWS) / multiple * multiple;
  }

  /// How many copies of a batch to ask about at once, if `wanted` are to be asked in all.
  static int copies(Tensor batch, int wanted) {
    return copies(batch.size(0), batch.elements() / batch.size(0), wanted);
  }

  /// As [#copies(Tensor, int)], for a batch of `n` examples that each take `elements` at the widest
  /// place: as many copies as fit, and about as many the last time as before.
  static int copies(int n, int elements, int wanted) {
    int some = Math.max(1, wanted);
    return Math.ceilDiv(some, Math.ceilDiv(some, fitting(n, elements, some)));
  }

  private static int fitting(int n, int elements, int wanted) {
    int rows = Math.min(ROWS, ELEMENTS / Math.max(1, elements));
    return Math.clamp(rows / n, 1, wanted);
  }

  /// As [#copies(int, int, int)], for blocks that are all of one size: a few more or fewer copies
  /// than fit, if then fewer of the last block go to waste.
  static int even(int n, int elements, int wanted) {
    int fitting = fitting(n, elements, wanted);
    int best = fitting;
    for (int m = Math.min(wanted, fitting + fitting / 4); m >= Math.ceilDiv(fitting, 2); m--) {
      best = Math.floorMod(-wanted, m) < Math.floorMod(-wanted, best) ? m : best;
    }
    return best;
  }

  /// A batch (n, …) laid end to end `m` times, (m · n, …).
  static Tensor repeated(Tensor batch, int m) {
    if (m == 1) {
      return batch;
    }
    int[] sizes = batch.shape().sizes();
    int[] wide = new int[sizes.length + 1];
    System.arraycopy(sizes, 0, wide, 1, sizes.length);
    wide[0] = m;
    sizes[0] *= m;
    return batch.unsqueeze(0).expand(Shape.of(wide)).reshape(Shape.of(sizes));
  }
}
