package dev.backlight.core.kernel;

import java.util.Arrays;

/// Working memory of loops along rows: the accumulators of [FloatScalarReductions], and a piece of
/// a row.
final class FloatSums {
  /// Rows that are looked at together: they stay in the first cache, and what one waits for is
  /// there by the time that it has its turn again.
  static final int SEVERAL = 4;

  private static final Pool<FloatSums> POOL = new Pool<>();

  static {
    // One for a caller and one for the thread of WarmUp, so that this thread takes nobody's.
    POOL.give(new FloatSums());
    POOL.give(new FloatSums());
  }

  final float[] accumulators = new float[FloatScalarReductions.WIDTH];
  final float[] chunk = new float[FloatScalarReductions.CHUNK];

  /// The elements behind the last whole block, and a second sum's accumulators.
  final float[] tail = new float[FloatScalarReductions.WIDTH];

  /// A number for each of the rows that are looked at together.
  final float[] peaks = new float[SEVERAL];

  final float[] totals = new float[SEVERAL];

  /// What a [CompiledLoop] is told.
  final Object[] arrays = new Object[3];

  final int[] at = new int[3];
  final double[] numbers = new double[1];

  private FloatSums() {}

  /// For somebody who keeps it.
  static FloatSums fresh() {
    return new FloatSums();
  }

  static FloatSums take() {
    FloatSums sums = POOL.take();
    return sums == null ? new FloatSums() : sums;
  }

  static void give(FloatSums sums) {
    Arrays.fill(sums.arrays, null);
    POOL.give(sums);
  }
}
