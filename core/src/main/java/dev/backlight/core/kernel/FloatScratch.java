package dev.backlight.core.kernel;

/// Working memory of a convolution, which grows to what it is asked for.
final class FloatScratch {
  private static final Pool<FloatScratch> POOL = new Pool<>();

  private final float[][] arrays = new float[7][0];

  private FloatScratch() {}

  static FloatScratch take() {
    FloatScratch scratch = POOL.take();
    return scratch == null ? new FloatScratch() : scratch;
  }

  static void give(FloatScratch scratch) {
    POOL.give(scratch);
  }

  /// The array of number `which` of seven, of n elements at least that hold anything.
  float[] array(int which, int n) {
    if (arrays[which].length < n) {
      arrays[which] = new float[n];
    }
    return arrays[which];
  }
}
