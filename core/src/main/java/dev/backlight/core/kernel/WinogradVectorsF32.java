package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Winograd's transforms in vectors of channels. Those of filters go first down the columns into
/// memory aside, then along the rows.
final class WinogradVectorsF32 implements WinogradLoopsF32 {
  static final WinogradVectorsF32 LOOPS = new WinogradVectorsF32();

  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private static final FloatVector TWO = FloatVector.broadcast(S, 2f);
  private static final FloatVector FOUR = FloatVector.broadcast(S, 4f);
  private static final float MINUS_SIXTH = -1f / 6;
  private static final float TWENTY_FOURTH = 1f / 24;

  private WinogradVectorsF32() {}

  @Override
  public void tile(float[] d, int from, int row, float[] v, int to, int plane, float[] aside) {
    for (int c = 0; c < LANES; c += L) {
      WinogradTileF32.run(d, from + c, row, v, to + c, plane);
    }
  }

  @Override
  public void output(float[] m, int from, int plane, float[] y, int to, int row, float[] aside) {
    for (int c = 0; c < LANES; c += L) {
      WinogradOutputF32.run(m, from + c, plane, y, to + c, row);
    }
  }

  @Override
  public void outputTransposed(
      float[] g, int from, int row, float[] m, int to, int plane, float[] aside) {
    for (int c = 0; c < LANES; c += L) {
      WinogradOutputF32.transposed(g, from + c, row, m, to + c, plane);
    }
  }

  @Override
  public void filter(float[] g, int from, int tap, float[] u, int to, int plane, float[] aside) {
    for (int c = 0; c < LANES; c += L) {
      filter(g, from + c, tap, 3 * tap, aside, 0, L, 3 * L, 3);
      filter(aside, 0, 3 * L, L, u, to + c, 6 * plane, plane, 6);
    }
  }

  @Override
  public void filterTransposed(
      float[] u, int from, int plane, float[] g, int to, int tap, float[] aside) {
    for (int c = 0; c < LANES; c += L) {
      filterTransposed(u, from + c, plane, 6 * plane, aside, 0, L, 6 * L, 6);
      filterTransposed(aside, 0, 6 * L, L, g, to + c, 3 * tap, tap, 3);
    }
  }

  @Override
  public void add(float[] x, int to, int from, int n) {
    for (int i = 0; i < n; i += L) {
      FloatVector sum =
          FloatVector.fromArray(S, x, to + i).add(FloatVector.fromArray(S, x, from + i));
      sum.intoArray(x, to + i);
    }
  }

  // Each of these is one dimension of a transform: n of them, whose elements are `step` apart.

  private static void filter(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      FloatVector x0 = FloatVector.fromArray(S, x, a);
      FloatVector x1 = FloatVector.fromArray(S, x, a + step);
      FloatVector x2 = FloatVector.fromArray(S, x, a + 2 * step);
      FloatVector p = x0.add(x2);
      FloatVector r = x2.fma(FOUR, x0);
      FloatVector s = x1.add(x1);
      x0.mul(0.25f).intoArray(y, b);
      p.add(x1).mul(MINUS_SIXTH).intoArray(y, b + stepTo);
      p.sub(x1).mul(MINUS_SIXTH).intoArray(y, b + 2 * stepTo);
      r.add(s).mul(TWENTY_FOURTH).intoArray(y, b + 3 * stepTo);
      r.sub(s).mul(TWENTY_FOURTH).intoArray(y, b + 4 * stepTo);
      x2.intoArray(y, b + 5 * stepTo);
    }
  }

  private static void filterTransposed(
      float[] x, int from, int next, int step, float[] y, int to, int nextTo, int stepTo, int n) {
    for (int q = 0, a = from, b = to; q < n; q++, a += next, b += nextTo) {
      FloatVector x0 = FloatVector.fromArray(S, x, a);
      FloatVector x1 = FloatVector.fromArray(S, x, a + step);
      FloatVector x2 = FloatVector.fromArray(S, x, a + 2 * step);
      FloatVector x3 = FloatVector.fromArray(S, x, a + 3 * step);
      FloatVector x4 = FloatVector.fromArray(S, x, a + 4 * step);
      FloatVector x5 = FloatVector.fromArray(S, x, a + 5 * step);
      FloatVector p = x1.add(x2).mul(MINUS_SIXTH);
      FloatVector q1 = x1.sub(x2).mul(MINUS_SIXTH);
      FloatVector r = x3.add(x4).mul(TWENTY_FOURTH);
      FloatVector s = x3.sub(x4).mul(TWENTY_FOURTH);
      x0.mul(0.25f).add(p).add(r).intoArray(y, b);
      s.fma(TWO, q1).intoArray(y, b + stepTo);
      r.fma(FOUR, p.add(x5)).intoArray(y, b + 2 * stepTo);
    }
  }
}
