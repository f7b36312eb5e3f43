package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The inner loops of convolutions in vectors.
final class FloatVectorTiles implements FloatTileLoops {
  static final FloatVectorTiles LOOPS = new FloatVectorTiles();

  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  /// Each lane of one half twice.
  private static final VectorShuffle<Float> LOW_TWICE = VectorShuffle.fromOp(S, i -> i / 2);

  private static final VectorShuffle<Float> HIGH_TWICE =
      VectorShuffle.fromOp(S, i -> L / 2 + i / 2);

  private static final VectorMask<Float> ODD = VectorMask.fromLong(S, 0xaaaaaaaaaaaaaaaaL);

  private FloatVectorTiles() {}

  /// 12 with the 32 wide registers of AVX-512, else 4.
  @Override
  public int rows() {
    return FloatLanes.BITS == 512 ? 12 : 4;
  }

  @Override
  public int columns() {
    return 2 * L;
  }

  @Override
  public void tile(
      int height,
      float[] a,
      int ao,
      int ar,
      int as,
      float[] b,
      int bo,
      int bs,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    switch (height) {
      case 12 -> FloatStridedTiles.rows12(a, ao, ar, as, b, bo, bs, k, c, co, ldc, add);
      case 8 -> FloatStridedTiles.rows8(a, ao, ar, as, b, bo, bs, k, c, co, ldc, add);
      default -> FloatStridedTiles.rows4(a, ao, ar, as, b, bo, bs, k, c, co, ldc, add);
    }
  }

  @Override
  public void product(
      int rows,
      int columns,
      float[] a,
      int ao,
      int ar,
      int as,
      float[] b,
      int bo,
      int bs,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    int wide = FloatTiles.COLUMNS;
    int j = 0;
    for (; j + wide <= columns; j += wide) {
      int height;
      for (int i = 0; i < rows; i += height) {
        height = Math.min(FloatTiles.rows(rows - i), rows - i);
        int from = ao + i * ar;
        int to = co + i * ldc + j;
        FloatTiles.whole(
            height, FloatTiles.VECTORS, a, from, ar, as, b, bo + j, bs, k, c, to, ldc, add);
      }
    }
    for (; j < columns; j += columns()) {
      int height;
      for (int i = 0; i < rows; i += height) {
        height = rows - i <= 4 ? 4 : 8;
        tile(height, a, ao + i * ar, ar, as, b, bo + j, bs, k, c, co + i * ldc + j, ldc, add);
      }
    }
  }

  @Override
  public void panel(float[] b, int bo, int[] at, int from, int k, float[] y) {
    for (int step = 0, to = 0; step < k; step++, to += 2 * L) {
      int place = bo + at[from + step];
      FloatVector.fromArray(S, b, place).intoArray(y, to);
      FloatVector.fromArray(S, b, place + L).intoArray(y, to + L);
    }
  }

  @Override
  public void transpose(
      float[] x,
      int xo,
      int xs,
      int lines,
      int steps,
      float[] y,
      int yo,
      int ys,
      int spareLines,
      int spareSteps) {
    int wholeLines = covered(lines, spareLines);
    int wholeSteps = covered(steps, spareSteps);
    if (wholeLines == 0 || wholeSteps == 0) {
      FloatScalarTiles.LOOPS.transpose(x, xo, xs, lines, steps, y, yo, ys, 0, 0);
      return;
    }
    for (int step = 0; step < wholeSteps; step += L) {
      int j = Math.min(step, wholeSteps - L);
      for (int line = 0; line < wholeLines; line += L) {
        int i = Math.min(line, wholeLines - L);
        int from = xo + i * xs + j;
        int to = yo + j * ys + i;
        if (from + (L - 1L) * xs + L <= x.length) {
          FloatTranspose.square(x, from, xs, y, to, ys);
        } else {
          int some = Math.min(L, lines - i);
          FloatScalarTiles.LOOPS.transpose(
              x, from, xs, some, Math.min(L, steps - j), y, to, ys, 0, 0);
        }
      }
    }
  }

  /// How many elements squares cover, the last of which may go into what is to spare, or else over
  /// some that another covers too; 0 if there is no room for one.
  private static int covered(int n, int spare) {
    int whole = Math.ceilDiv(n, L) * L;
    return whole <= n + spare ? whole : n >= L ? n : 0;
  }

  @Override
  public void everySecond(float[] x, int xo, int n, float[] y, int yo, int spare) {
    int whole = covered(n, spare);
    int there = (x.length - xo) / 2;
    int j = 0;
    for (; j + L <= Math.min(whole, there); j += L) {
      everySecond(x, xo + 2 * j, y, yo + j);
    }
    if (j < whole && whole == n && n <= there) {
      everySecond(x, xo + 2 * (n - L), y, yo + n - L);
    } else if (j < n) {
      FloatScalarTiles.LOOPS.everySecond(x, xo + 2 * j, n - j, y, yo + j, 0);
    }
  }

  private static void everySecond(float[] x, int xo, float[] y, int yo) {
    FloatVector a = FloatVector.fromArray(S, x, xo);
    FloatVector b = FloatVector.fromArray(S, x, xo + L);
    FloatTwoByTwo.TWICE.selectFrom(a, b).intoArray(y, yo);
  }

  @Override
  public void zip(float[] x, int xo, int zo, int n, float[] y, int yo) {
    for (int j = 0; j + L <= n; j += L) {
      zip(x, xo + j, zo + j, y, yo + 2 * j);
    }
    if (n >= L) {
      zip(x, xo + n - L, zo + n - L, y, yo + 2 * (n - L));
    } else {
      FloatScalarTiles.LOOPS.zip(x, xo, zo, n, y, yo);
    }
  }

  private static void zip(float[] x, int xo, int zo, float[] y, int yo) {
    FloatVector a = FloatVector.fromArray(S, x, xo);
    FloatVector b = FloatVector.fromArray(S, x, zo);
    a.rearrange(LOW_TWICE).blend(b.rearrange(LOW_TWICE), ODD).intoArray(y, yo);
    a.rearrange(HIGH_TWICE).blend(b.rearrange(HIGH_TWICE), ODD).intoArray(y, yo + L);
  }

  @Override
  public void widen(
      float[] x, int xo, int step, int length, int rows, float[] y, int yo, int width) {
    int whole = length / L * L;
    VectorMask<Float> rest = S.indexInRange(whole, length);
    for (int r = 0; r < rows; r++) {
      int from = xo + r * step;
      int to = yo + r * width;
      for (int j = 0; j < whole; j += L) {
        FloatVector.fromArray(S, x, from + j).intoArray(y, to + j);
      }
      if (whole < width) {
        // A load by the mask would look for the end of x with another mask, which C2 may allocate.
        if (from + whole + L <= x.length) {
          FloatVector v = FloatVector.fromArray(S, x, from + whole);
          FloatVector.zero(S).blend(v, rest).intoArray(y, to + whole);
        } else {
          widenLast(x, from + whole, length - whole, y, to + whole);
        }
      }
      for (int j = whole + L; j < width; j += L) {
        FloatVector.zero(S).intoArray(y, to + j);
      }
    }
  }

  private static void widenLast(float[] x, int from, int length, float[] y, int to) {
    FloatVector.zero(S).intoArray(y, to);
    System.arraycopy(x, from, y, to, length);
  }

  @Override
  public void windows(
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
    FloatWindowTiles.run(x, xs, at, w, wo, y, yo, end, rows, columns, aside);
  }

  @Override
  public void nineTaps(
      float[] x,
      int xo,
      int apart,
      int row,
      float[] g,
      int go,
      int other,
      int n,
      float[] sums,
      int so) {
    for (int lane = 0; lane < LANES; lane += L) {
      FloatNineTaps.run(x, xo, apart, row, g, go, other, n, lane, sums, so);
    }
  }

  // F32 only
  @Override
  public WinogradLoopsF32 winograd() {
    return WinogradVectorsF32.LOOPS;
  }
  // end F32 only
}
