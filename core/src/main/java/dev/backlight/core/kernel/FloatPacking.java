package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies pieces of matrices into the order in which [FloatTiles] reads them.
///
/// A panel holds, step by step along k, some whole vectors of a row of B. Lanes beyond the columns
/// that there are hold anything: what is computed from them is not stored.
final class FloatPacking {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private FloatPacking() {}

  /// The panel of `count` columns of B and `k` steps at `y[yo]`, `width` elements for each step.
  static void panel(float[] x, int xo, int ldb, int count, int k, float[] y, int yo, int width) {

    long room = (long) x.length - xo - width;
    // A vector may reach past the panel's columns where the array goes on.
    int steps = room < 0 ? 0 : (int) Math.min(k, room / Math.max(1, ldb) + 1);
    for (int line = 0; line < width; line += L) {
      vectors(x, xo + line, ldb, steps, y, yo + line, width);
    }
    for (int s = steps; s < k; s++) {
      int from = xo + s * ldb;
      int to = yo + s * width;
      for (int j = 0; j < count; j++) {
        y[to + j] = x[from + j];
      }
    }
  }

  private static void vectors(float[] x, int xo, int stride, int k, float[] y, int yo, int width) {
    for (int s = 0, from = xo, to = yo; s < k; s++, from += stride, to += width) {
      FloatVector.fromArray(S, x, from).intoArray(y, to);
    }
  }

  /// As [#panel], for a B that is stored transposed: its columns are contiguous, `ldb` apart.
  static void transposed(
      float[] x, int xo, int ldb, int count, int k, float[] y, int yo, int width) {
    if (count < L || k < L) {
      elements(x, xo, ldb, count, k, y, yo, width);
      return;
    }
    // Squares; the last of each direction lie over those before. Along k first: lines that are a
    // power of two apart would drive each other out of the cache.
    for (int j = 0; j < count; j += L) {
      int line = Math.min(j, count - L);
      for (int s = 0; s < k; s += L) {
        int step = Math.min(s, k - L);
        FloatTranspose.square(x, xo + line * ldb + step, ldb, y, yo + step * width + line, width);
      }
    }
  }

  private static void elements(
      float[] x, int xo, int ldb, int count, int k, float[] y, int yo, int width) {
    for (int s = 0; s < k; s++) {
      int to = yo + s * width;
      for (int j = 0; j < count; j++) {
        y[to + j] = x[xo + j * ldb + s];
      }
    }
  }
}
