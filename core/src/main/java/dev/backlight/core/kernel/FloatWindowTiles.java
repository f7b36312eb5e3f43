package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Sums over the windows of one plane in vectors of positions, four rows at once.
///
/// What does not fill a block is done by one that begins earlier, or goes through memory aside:
/// there are no masks.
final class FloatWindowTiles {
  /// Rows of a block.
  static final int ROWS = 4;

  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private FloatWindowTiles() {}

  /// As [FloatTileLoops#windows].
  static void run(
      float[] x,
      int xs,
      int[] at,
      float[] w,
      int wo,
      float[] y,
      int yo,
      int end,
      int rows,
      int columns,
      float[] aside) {
    int n = at.length;
    boolean nine = isNine(xs, at, n);
    for (int i = 0; i < rows; i += ROWS) {
      int r = Math.max(0, Math.min(i, rows - ROWS));
      for (int j = 0; j < columns; j += L) {
        int c = Math.max(0, Math.min(j, columns - L));
        int from = r * xs + c;
        int to = yo + r * columns + c;
        // What is written behind a short row, the next one covers, or else somebody later.
        boolean fits = rows >= ROWS && to + (ROWS - 1) * columns + L <= end;
        float[] z = fits ? y : aside;
        int zo = fits ? to : 0;
        int zs = fits ? columns : L;
        if (nine) {
          nine(x, from, xs, at[0], at[1] - at[0], at[3] - at[0], w, wo, z, zo, zs);
        } else {
          any(x, from, xs, at, n, w, wo, z, zo, zs);
        }
        if (!fits) {
          for (int k = 0; k < Math.min(ROWS, rows - r); k++) {
            System.arraycopy(aside, k * L, y, to + k * columns, Math.min(L, columns - c));
          }
        }
      }
    }
  }

  /// Whether there are three taps in each of three rows, one below the other, either way round.
  private static boolean isNine(int xs, int[] at, int n) {
    if (n != 9 || Math.abs(at[3] - at[0]) != xs) {
      return false;
    }
    for (int k = 0; k < n; k++) {
      if (at[k] != at[0] + k / 3 * (at[3] - at[0]) + k % 3 * (at[1] - at[0])) {
        return false;
      }
    }
    return true;
  }

  private static void any(
      float[] x, int xo, int xs, int[] at, int n, float[] w, int wo, float[] y, int yo, int ys) {
    FloatVector a0 = FloatVector.zero(S);
    FloatVector a1 = FloatVector.zero(S);
    FloatVector a2 = FloatVector.zero(S);
    FloatVector a3 = FloatVector.zero(S);
    for (int k = 0; k < n; k++) {
      int from = xo + at[k];
      FloatVector v = FloatVector.broadcast(S, w[wo + k]);
      a0 = v.fma(FloatVector.fromArray(S, x, from), a0);
      a1 = v.fma(FloatVector.fromArray(S, x, from + xs), a1);
      a2 = v.fma(FloatVector.fromArray(S, x, from + 2 * xs), a2);
      a3 = v.fma(FloatVector.fromArray(S, x, from + 3 * xs), a3);
    }
    a0.intoArray(y, yo);
    a1.intoArray(y, yo + ys);
    a2.intoArray(y, yo + 2 * ys);
    a3.intoArray(y, yo + 3 * ys);
  }

  /// Six rows of x serve four of y: the first tap at `xo + first`, the next of its row `side` away,
  /// that of the next row `down`, which is `xs` or `-xs`; then the rows are done from the last to
  /// the first.
  private static void nine(
      float[] x,
      int xo,
      int xs,
      int first,
      int side,
      int down,
      float[] w,
      int wo,
      float[] y,
      int yo,
      int ys) {
    FloatVector w0 = FloatVector.broadcast(S, w[wo]);
    FloatVector w1 = FloatVector.broadcast(S, w[wo + 1]);
    FloatVector w2 = FloatVector.broadcast(S, w[wo + 2]);
    FloatVector w3 = FloatVector.broadcast(S, w[wo + 3]);
    FloatVector w4 = FloatVector.broadcast(S, w[wo + 4]);
    FloatVector w5 = FloatVector.broadcast(S, w[wo + 5]);
    FloatVector w6 = FloatVector.broadcast(S, w[wo + 6]);
    FloatVector w7 = FloatVector.broadcast(S, w[wo + 7]);
    FloatVector w8 = FloatVector.broadcast(S, w[wo + 8]);
    FloatVector zero = FloatVector.zero(S);
    int from = xo + first + (down > 0 ? 0 : 3 * xs);
    FloatVector p = FloatVector.fromArray(S, x, from);
    FloatVector q = FloatVector.fromArray(S, x, from + side);
    FloatVector r = FloatVector.fromArray(S, x, from + 2 * side);
    FloatVector a0 = w2.fma(r, w1.fma(q, w0.fma(p, zero)));
    from += down;
    p = FloatVector.fromArray(S, x, from);
    q = FloatVector.fromArray(S, x, from + side);
    r = FloatVector.fromArray(S, x, from + 2 * side);
    a0 = w5.fma(r, w4.fma(q, w3.fma(p, a0)));
    FloatVector a1 = w2.fma(r, w1.fma(q, w0.fma(p, zero)));
    from += down;
    p = FloatVector.fromArray(S, x, from);
    q = FloatVector.fromArray(S, x, from + side);
    r = FloatVector.fromArray(S, x, from + 2 * side);
    a0 = w8.fma(r, w7.fma(q, w6.fma(p, a0)));
    a1 = w5.fma(r, w4.fma(q, w3.fma(p, a1)));
    FloatVector a2 = w2.fma(r, w1.fma(q, w0.fma(p, zero)));
    from += down;
    p = FloatVector.fromArray(S, x, from);
    q = FloatVector.fromArray(S, x, from + side);
    r = FloatVector.fromArray(S, x, from + 2 * side);
    a1 = w8.fma(r, w7.fma(q, w6.fma(p, a1)));
    a2 = w5.fma(r, w4.fma(q, w3.fma(p, a2)));
    FloatVector a3 = w2.fma(r, w1.fma(q, w0.fma(p, zero)));
    from += down;
    p = FloatVector.fromArray(S, x, from);
    q = FloatVector.fromArray(S, x, from + side);
    r = FloatVector.fromArray(S, x, from + 2 * side);
    a2 = w8.fma(r, w7.fma(q, w6.fma(p, a2)));
    a3 = w5.fma(r, w4.fma(q, w3.fma(p, a3)));
    from += down;
    p = FloatVector.fromArray(S, x, from);
    q = FloatVector.fromArray(S, x, from + side);
    r = FloatVector.fromArray(S, x, from + 2 * side);
    a3 = w8.fma(r, w7.fma(q, w6.fma(p, a3)));
    if (down > 0) {
      a0.intoArray(y, yo);
      a1.intoArray(y, yo + ys);
      a2.intoArray(y, yo + 2 * ys);
      a3.intoArray(y, yo + 3 * ys);
    } else {
      a3.intoArray(y, yo);
      a2.intoArray(y, yo + ys);
      a1.intoArray(y, yo + 2 * ys);
      a0.intoArray(y, yo + 3 * ys);
    }
  }
}
