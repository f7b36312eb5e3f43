package dev.backlight.core.kernel;

import java.util.SplittableRandom;

/// Numbers for the tests of kernels, the same in every run.
final class Samples {
  /// Below, at and above the widths of vectors and of the accumulators of sums.
  static final int[] SIZES = {
    0, 1, 2, 7, 8, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 257, 1000, 4098
  };

  static final float[] SPECIALS = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1f,
    -1f
  };

  private Samples() {}

  /// Uniform in (-3, 3).
  static float[] floats(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextDouble(-3, 3);
    }
    return x;
  }

  /// As [#floats], with each third element one of the special ones.
  static float[] floatsWithSpecials(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = floats(n, seed);
    for (int i = 0; i < n; i += 3) {
      x[i] = SPECIALS[random.nextInt(SPECIALS.length)];
    }
    return x;
  }

  static double[] doubles(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = random.nextDouble(-3, 3);
    }
    return x;
  }
}
