package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies pieces of matrices into the panels that [FloatTiles] reads.
///
/// Seen from here both factors are alike: a panel holds, step by step along k, one element of each
/// of `width` lines (rows of A or columns of B). Lines that are contiguous along k need a
/// transpose; lines that lie side by side are copied. Lines beyond the matrix are 0.
final class FloatPacking {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private FloatPacking() {}

  /// One panel at `y[yo]` from `count ≤ width` lines of `k` elements that begin at `x[xo]`.
  ///
  /// With `alongK` a line is contiguous and `stride` leads to the next line, otherwise `stride`
  /// leads to the next step. Up to L elements behind the panel may be overwritten.
  static void panel(
      boolean alongK,
      float[] x,
      int xo,
      int stride,
      int count,
      int k,
      float[] y,
      int yo,
      int width) {
    if (alongK) {
      transposed(x, xo, stride, count, k, y, yo, width);
    } else {
      copied(x, xo, stride, count, k, y, yo, width);
    }
  }

  private static void transposed(
      float[] x, int xo, int stride, int count, int k, float[] y, int yo, int width) {
    int whole = 0;
    // A square may read lines that are not the panel's, if only they exist in the array: what it
    // writes too
    // far to the right is the next step's and written again by that, which is why the last lines go
    // first.
    int squares = count == width ? (width + L - 1) / L * L : count / L * L;
    if (squares > 0 && (long) xo + (squares - 1L) * stride + k <= x.length) {
      whole = S.loopBound(k);
    }
    for (int step = 0; step < whole; step += L) {
      for (int line = squares - L; line >= 0; line -= L) {
        FloatTranspose.square(
            x, xo + line * stride + step, stride, y, yo + step * width + line, width);
      }
    }
    int done = Math.min(squares, width);
    if (whole > 0 && done < width) {
      elements(x, xo, stride, 0, whole, done, count, y, yo, width);
    }
    elements(x, xo, stride, whole, k, 0, count, y, yo, width);
  }

  private static void elements(
      float[] x,
      int xo,
      int stride,
      int from,
      int to,
      int first,
      int count,
      float[] y,
      int yo,
      int width) {
    for (int step = from; step < to; step++) {
      int at = yo + step * width;
      for (int line = first; line < count; line++) {
        y[at + line] = x[xo + line * stride + step];
      }
      for (int line = count; line < width; line++) {
        y[at + line] = 0f;
      }
    }
  }

  private static void copied(
      float[] x, int xo, int stride, int count, int k, float[] y, int yo, int width) {
    int whole = 0;
    if (count == width) {
      // As above: vectors may reach past the panel's lines where the array goes on.
      int lines = (width + L - 1) / L * L;
      long room = (long) x.length - xo - lines;
      whole = room < 0 ? 0 : (int) Math.min(k, room / Math.max(1, stride) + 1);
      for (int line = lines - L; line >= 0; line -= L) {
        vectors(x, xo + line, stride, whole, y, yo + line, width);
      }
    }
    for (int step = whole; step < k; step++) {
      int at = yo + step * width;
      for (int line = 0; line < count; line++) {
        y[at + line] = x[xo + step * stride + line];
      }
      for (int line = count; line < width; line++) {
        y[at + line] = 0f;
      }
    }
  }

  private static void vectors(float[] x, int xo, int stride, int k, float[] y, int yo, int width) {
    for (int step = 0, from = xo, to = yo; step < k; step++, from += stride, to += width) {
      FloatVector.fromArray(S, x, from).intoArray(y, to);
    }
  }
}
