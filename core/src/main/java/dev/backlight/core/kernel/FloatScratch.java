package dev.backlight.core.kernel;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// Working memory of one kernel call, borrowed from a small pool: packed panels, columns of a convolution,
/// accumulators.
///
/// Kernels never block, so no more calls run at once than there are processors, however many virtual
/// threads there are: the pool has about that many places and what finds none is left to the collector.
/// A thread-local would keep megabytes per thread instead.
final class FloatScratch {
  // Places, not a linked stack: popping a linked stack of reused nodes without locks suffers from ABA.
  private static final AtomicReferenceArray<FloatScratch> POOL =
      new AtomicReferenceArray<>(Math.min(128, 2 * Runtime.getRuntime().availableProcessors() + 2));

  /// Accumulators of a sum, and other small things; see [FloatScalarReductions].
  final float[] accumulators = new float[FloatScalarReductions.WIDTH];

  /// A piece of a row.
  final float[] chunk = new float[FloatScalarReductions.CHUNK];

  private float[] a = new float[0];
  private float[] b = new float[0];
  private float[] columns = new float[0];

  private FloatScratch() {}

  static FloatScratch take() {
    for (int i = 0; i < POOL.length(); i++) {
      if (POOL.getPlain(i) != null) {
        FloatScratch found = POOL.getAndSet(i, null);
        if (found != null) {
          return found;
        }
      }
    }
    return new FloatScratch();
  }

  /// To be called when the kernel is done. A kernel that throws just drops it.
  static void give(FloatScratch scratch) {
    for (int i = 0; i < POOL.length(); i++) {
      if (POOL.getPlain(i) == null && POOL.compareAndSet(i, null, scratch)) {
        return;
      }
    }
  }

  /// Room for a packed piece of the left matrix.
  float[] a(int n) {
    return a.length >= n ? a : (a = new float[n]);
  }

  /// Room for a packed piece of the right matrix.
  float[] b(int n) {
    return b.length >= n ? b : (b = new float[n]);
  }

  /// Room for the columns of a convolution.
  float[] columns(int n) {
    return columns.length >= n ? columns : (columns = new float[n]);
  }
}
