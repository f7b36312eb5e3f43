package dev.backlight.core.kernel;

/// Working memory of sums along rows: the accumulators of [FloatScalarReductions], and a piece of a
/// row.
final class FloatSums {
  private static final Pool<FloatSums> POOL = new Pool<>();

  static {
    // One for a caller and one for the thread of WarmUp, so that this thread takes nobody's.
    POOL.give(new FloatSums());
    POOL.give(new FloatSums());
  }

  final float[] accumulators = new float[FloatScalarReductions.WIDTH];
  final float[] chunk = new float[FloatScalarReductions.CHUNK];

  private FloatSums() {}

  static FloatSums take() {
    FloatSums sums = POOL.take();
    return sums == null ? new FloatSums() : sums;
  }

  static void give(FloatSums sums) {
    POOL.give(sums);
  }
}
