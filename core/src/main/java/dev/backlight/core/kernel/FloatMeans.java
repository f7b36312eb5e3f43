package dev.backlight.core.kernel;

import java.util.Arrays;
import java.util.stream.IntStream;

/// What averages divide by: a window in row i and column j has `down[i] · across[j]` elements that
/// count, or none but padding, whose sum is 0.
record FloatMeans(int[] down, int[] across) {
  static FloatMeans of(Pool2dShape s) {
    int[] down =
        IntStream.range(0, s.oh())
            .map(i -> covered(i * s.sh() - s.ph(), s.kh(), s.h(), s.countPadding() ? s.ph() : 0))
            .toArray();
    int[] across =
        IntStream.range(0, s.ow())
            .map(j -> covered(j * s.sw() - s.pw(), s.kw(), s.w(), s.countPadding() ? s.pw() : 0))
            .toArray();
    return new FloatMeans(down, across);
  }

  /// How much of a window lies within the image and `pad` around it.
  private static int covered(int from, int kernel, int size, int pad) {
    return Math.max(0, Math.min(from + kernel, size + pad) - Math.max(from, -pad));
  }

  float count(int i, int j) {
    return Math.max(1, down[i] * across[j]);
  }

  /// All of them, rows of so many elements; what is no window has 1.
  float[] counts(int step) {
    float[] counts = new float[down.length * step];
    Arrays.fill(counts, 1f);
    for (int i = 0; i < down.length; i++) {
      for (int j = 0; j < across.length; j++) {
        counts[i * step + j] = count(i, j);
      }
    }
    return counts;
  }

  /// Divides `n` elements from `x[at]` on by those from `counts[from]` on.
  static void divide(float[] x, int at, float[] counts, int from, int n) {
    for (int k = 0; k < n; k++) {
      x[at + k] /= counts[from + k];
    }
  }
}
