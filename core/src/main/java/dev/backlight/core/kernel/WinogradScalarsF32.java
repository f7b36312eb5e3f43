package dev.backlight.core.kernel;

/// Winograd's transforms in plain Java, first down the columns of a tile into memory aside, then
/// along its rows.
final class WinogradScalarsF32 implements WinogradLoopsF32 {
  static final WinogradScalarsF32 LOOPS = new WinogradScalarsF32();

  private static final float MINUS_SIXTH = -1f / 6;
  private static final float TWENTY_FOURTH = 1f / 24;

  private WinogradScalarsF32() {}

  @Override
  public void tile(float[] d, int from, int row, float[] v, int to, int plane, float[] aside) {
    for (int c = 0; c < LANES; c++) {
      tile(d, from + c, LANES, row, aside, 0, 1, 6, 6);
      tile(aside, 0, 6, 1, v, to + c, 6 * plane, plane, 6);
    }
  }

  @Override
  public void output(float[] m, int from, int plane, float[] y, int to, int row, float[] aside) {
    for (int c = 0; c < LANES; c++) {
      output(m, from + c, plane, 6 * plane, aside, 0, 1, 6, 6);
      output(aside, 0, 6, 1, y, to + c, row, LANES, 4);
    }
  }

  @Override
  public void outputTransposed(
      float[] g, int from, int row, float[] m, int to, int plane, float[] aside) {
    for (int c = 0; c < LANES; c++) {
      outputTransposed(g, from + c, LANES, row, aside, 0, 1, 4, 4);
      outputTransposed(aside, 0, 4, 1, m, to + c, 6 * plane, plane, 6);
    }
  }

  @Override
  public void filter(float[] g, int from, int tap, float[] u, int to, int plane, float[] aside) {
    for (int c = 0; c < LANES; c++) {
      filter(g, from + c, tap, 3 * tap, aside, 0, 1, 3, 3);
      filter(aside, 0, 3, 1, u, to + c, 6 * plane, plane, 6);
    }
  }

  @Override
  public void filterTransposed(
      float[] u, int from, int plane, float[] g, int to, int tap, float[] aside) {
    for (int c = 0; c < LANES; c++) {
      filterTransposed(u, from + c, plane, 6 * plane, aside, 0, 1, 6, 6);
      filterTransposed(aside, 0, 6, 1, g, to + c, 3 * tap, tap, 3);
    }
  }

  @Override
  public void add(float[] x, int to, int from, int n) {
    for (int i = 0; i < n; i++) {
      x[to + i] += x[from + i];
    }
  }

  // Each of these is one dimension of a transform: n of them, whose elements are `step` apart.

  private static void tile(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      float x0 = x[a];
      float x1 = x[a + step];
      float x2 = x[a + 2 * step];
      float x3 = x[a + 3 * step];
      float x4 = x[a + 4 * step];
      float x5 = x[a + 5 * step];
      float p = Math.fma(x2, -4f, x4);
      float q1 = Math.fma(x1, -4f, x3);
      float r = x4 - x2;
      float h = x3 - x1;
      float s = h + h;
      y[b] = Math.fma(x0, 4f, Math.fma(x2, -5f, x4));
      y[b + stepTo] = p + q1;
      y[b + 2 * stepTo] = p - q1;
      y[b + 3 * stepTo] = r + s;
      y[b + 4 * stepTo] = r - s;
      y[b + 5 * stepTo] = Math.fma(x1, 4f, Math.fma(x3, -5f, x5));
    }
  }

  private static void output(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      float x0 = x[a];
      float x1 = x[a + step];
      float x2 = x[a + 2 * step];
      float x3 = x[a + 3 * step];
      float x4 = x[a + 4 * step];
      float x5 = x[a + 5 * step];
      float p = x1 + x2;
      float q1 = x1 - x2;
      float r = x3 + x4;
      float s = x3 - x4;
      y[b] = x0 + p + r;
      y[b + stepTo] = Math.fma(s, 2f, q1);
      y[b + 2 * stepTo] = Math.fma(r, 4f, p);
      y[b + 3 * stepTo] = Math.fma(s, 8f, q1 + x5);
    }
  }

  private static void outputTransposed(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      float x0 = x[a];
      float x1 = x[a + step];
      float x2 = x[a + 2 * step];
      float x3 = x[a + 3 * step];
      float p = x0 + x2;
      float q1 = x1 + x3;
      float r = Math.fma(x2, 4f, x0);
      float s = Math.fma(x3, 8f, x1 + x1);
      y[b] = x0;
      y[b + stepTo] = p + q1;
      y[b + 2 * stepTo] = p - q1;
      y[b + 3 * stepTo] = r + s;
      y[b + 4 * stepTo] = r - s;
      y[b + 5 * stepTo] = x3;
    }
  }

  private static void filter(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      float x0 = x[a];
      float x1 = x[a + step];
      float x2 = x[a + 2 * step];
      float p = x0 + x2;
      float r = Math.fma(x2, 4f, x0);
      float s = x1 + x1;
      y[b] = x0 * 0.25f;
      y[b + stepTo] = (p + x1) * MINUS_SIXTH;
      y[b + 2 * stepTo] = (p - x1) * MINUS_SIXTH;
      y[b + 3 * stepTo] = (r + s) * TWENTY_FOURTH;
      y[b + 4 * stepTo] = (r - s) * TWENTY_FOURTH;
      y[b + 5 * stepTo] = x2;
    }
  }

  private static void filterTransposed(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      float x0 = x[a];
      float x1 = x[a + step];
      float x2 = x[a + 2 * step];
      float x3 = x[a + 3 * step];
      float x4 = x[a + 4 * step];
      float x5 = x[a + 5 * step];
      float p = (x1 + x2) * MINUS_SIXTH;
      float q1 = (x1 - x2) * MINUS_SIXTH;
      float r = (x3 + x4) * TWENTY_FOURTH;
      float s = (x3 - x4) * TWENTY_FOURTH;
      y[b] = x0 * 0.25f + p + r;
      y[b + stepTo] = Math.fma(s, 2f, q1);
      y[b + 2 * stepTo] = Math.fma(r, 4f, p + x5);
    }
  }
}
