package dev.backlight.core.kernel;

import java.util.Arrays;

/// The inner loops of convolutions in plain Java.
final class FloatScalarTiles implements FloatTileLoops {
  static final FloatScalarTiles LOOPS = new FloatScalarTiles();

  private static final int ROWS = 4;
  private static final int COLUMNS = 8;

  private FloatScalarTiles() {}

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  // Four chains side by side take no longer than one.

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
    for (int j = 0; j < COLUMNS; j++) {
      float chain0 = 0f;
      float chain1 = 0f;
      float chain2 = 0f;
      float chain3 = 0f;
      for (int step = 0, ai = ao; step < k; step++, ai += as) {
        float y = b[bo + step * bs + j];
        chain0 = Math.fma(a[ai], y, chain0);
        chain1 = Math.fma(a[ai + ar], y, chain1);
        chain2 = Math.fma(a[ai + 2 * ar], y, chain2);
        chain3 = Math.fma(a[ai + 3 * ar], y, chain3);
      }
      store(chain0, c, co + j, add);
      store(chain1, c, co + ldc + j, add);
      store(chain2, c, co + 2 * ldc + j, add);
      store(chain3, c, co + 3 * ldc + j, add);
    }
  }

  @Override
  public void panel(float[] b, int bo, int[] at, int from, int k, float[] y) {
    for (int step = 0; step < k; step++) {
      System.arraycopy(b, bo + at[from + step], y, step * COLUMNS, COLUMNS);
    }
  }

  private static void store(float chain, float[] c, int at, boolean add) {
    c[at] = add ? c[at] + chain : chain;
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
    for (int j = 0; j < steps; j++) {
      int to = yo + j * ys;
      for (int i = 0; i < lines; i++) {
        y[to + i] = x[xo + i * xs + j];
      }
    }
  }

  @Override
  public void everySecond(float[] x, int xo, int n, float[] y, int yo, int spare) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = x[xo + 2 * j];
    }
  }

  @Override
  public void zip(float[] x, int xo, int zo, int n, float[] y, int yo) {
    for (int j = 0; j < n; j++) {
      y[yo + 2 * j] = x[xo + j];
      y[yo + 2 * j + 1] = x[zo + j];
    }
  }

  @Override
  public void widen(
      float[] x, int xo, int step, int length, int rows, float[] y, int yo, int width) {
    for (int r = 0; r < rows; r++) {
      int to = yo + r * width;
      System.arraycopy(x, xo + r * step, y, to, length);
      Arrays.fill(y, to + length, to + width, 0f);
    }
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
    for (int i = 0; i < rows; i++) {
      int to = yo + i * columns;
      for (int j = 0; j < columns; j += 4) {
        int from = i * xs + j;
        float chain0 = 0f;
        float chain1 = 0f;
        float chain2 = 0f;
        float chain3 = 0f;
        for (int k = 0; k < at.length; k++) {
          int place = from + at[k];
          float a = w[wo + k];
          chain0 = Math.fma(a, x[place], chain0);
          chain1 = Math.fma(a, x[place + 1], chain1);
          chain2 = Math.fma(a, x[place + 2], chain2);
          chain3 = Math.fma(a, x[place + 3], chain3);
        }
        y[to + j] = chain0;
        if (j + 1 < columns) {
          y[to + j + 1] = chain1;
        }
        if (j + 2 < columns) {
          y[to + j + 2] = chain2;
        }
        if (j + 3 < columns) {
          y[to + j + 3] = chain3;
        }
      }
    }
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
    for (int which = 0; which < 18; which++) {
      int at = xo + which % 9 / 3 * row + which % 3 * apart;
      int from = go + which / 9 * other;
      for (int lane = 0; lane < LANES; lane++) {
        float chain = 0f;
        for (int i = lane; i < n; i += LANES) {
          chain = Math.fma(g[from + i], x[at + i], chain);
        }
        sums[so + which * LANES + lane] += chain;
      }
    }
  }

  // F32 only
  @Override
  public WinogradLoopsF32 winograd() {
    return WinogradScalarsF32.LOOPS;
  }
  // end F32 only
}
