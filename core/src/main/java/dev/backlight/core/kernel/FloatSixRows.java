package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The micro-kernels of [FloatTiles] with six rows, for the 32 registers of AVX-512.
///
/// Flat code on purpose; it was written by a loop, once. Each begins with the laps of a [WarmUp].
final class FloatSixRows {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private FloatSixRows() {}

  /// Six rows by four vectors: 24 accumulators, four vectors of B and a broadcast are 29 registers.
  static void four(
      float[] a,
      int ao,
      int row,
      int step,
      int last,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c22 = FloatVector.zero(S);
    FloatVector c23 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c32 = FloatVector.zero(S);
    FloatVector c33 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c42 = FloatVector.zero(S);
    FloatVector c43 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    FloatVector c52 = FloatVector.zero(S);
    FloatVector c53 = FloatVector.zero(S);
    int a1 = ao + Math.min(1, last) * row;
    int a2 = ao + Math.min(2, last) * row;
    int a3 = ao + Math.min(3, last) * row;
    int a4 = ao + Math.min(4, last) * row;
    int a5 = ao + Math.min(5, last) * row;
    int end = bo + k * ldb;
    for (int bi = bo, ai = 0; bi != end; bi += ldb, ai += step) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bi + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, bi + 3 * L);
      FloatVector x = FloatVector.broadcast(S, a[ao + ai]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      x = FloatVector.broadcast(S, a[a1 + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      c13 = x.fma(b3, c13);
      x = FloatVector.broadcast(S, a[a2 + ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      c23 = x.fma(b3, c23);
      x = FloatVector.broadcast(S, a[a3 + ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      c33 = x.fma(b3, c33);
      x = FloatVector.broadcast(S, a[a4 + ai]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      c42 = x.fma(b2, c42);
      c43 = x.fma(b3, c43);
      x = FloatVector.broadcast(S, a[a5 + ai]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      c52 = x.fma(b2, c52);
      c53 = x.fma(b3, c53);
    }
    int r1 = co + Math.min(1, last) * ldc;
    int r2 = co + Math.min(2, last) * ldc;
    int r3 = co + Math.min(3, last) * ldc;
    int r4 = co + Math.min(4, last) * ldc;
    int r5 = co + Math.min(5, last) * ldc;
    if (add) {
      c00 = FloatVector.fromArray(S, c, co).add(c00);
      c01 = FloatVector.fromArray(S, c, co + L).add(c01);
      c02 = FloatVector.fromArray(S, c, co + 2 * L).add(c02);
      c03 = FloatVector.fromArray(S, c, co + 3 * L).add(c03);
      c10 = FloatVector.fromArray(S, c, r1).add(c10);
      c11 = FloatVector.fromArray(S, c, r1 + L).add(c11);
      c12 = FloatVector.fromArray(S, c, r1 + 2 * L).add(c12);
      c13 = FloatVector.fromArray(S, c, r1 + 3 * L).add(c13);
      c20 = FloatVector.fromArray(S, c, r2).add(c20);
      c21 = FloatVector.fromArray(S, c, r2 + L).add(c21);
      c22 = FloatVector.fromArray(S, c, r2 + 2 * L).add(c22);
      c23 = FloatVector.fromArray(S, c, r2 + 3 * L).add(c23);
      c30 = FloatVector.fromArray(S, c, r3).add(c30);
      c31 = FloatVector.fromArray(S, c, r3 + L).add(c31);
      c32 = FloatVector.fromArray(S, c, r3 + 2 * L).add(c32);
      c33 = FloatVector.fromArray(S, c, r3 + 3 * L).add(c33);
      c40 = FloatVector.fromArray(S, c, r4).add(c40);
      c41 = FloatVector.fromArray(S, c, r4 + L).add(c41);
      c42 = FloatVector.fromArray(S, c, r4 + 2 * L).add(c42);
      c43 = FloatVector.fromArray(S, c, r4 + 3 * L).add(c43);
      c50 = FloatVector.fromArray(S, c, r5).add(c50);
      c51 = FloatVector.fromArray(S, c, r5 + L).add(c51);
      c52 = FloatVector.fromArray(S, c, r5 + 2 * L).add(c52);
      c53 = FloatVector.fromArray(S, c, r5 + 3 * L).add(c53);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c12.intoArray(c, r1 + 2 * L);
    c13.intoArray(c, r1 + 3 * L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c22.intoArray(c, r2 + 2 * L);
    c23.intoArray(c, r2 + 3 * L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
    c32.intoArray(c, r3 + 2 * L);
    c33.intoArray(c, r3 + 3 * L);
    c40.intoArray(c, r4);
    c41.intoArray(c, r4 + L);
    c42.intoArray(c, r4 + 2 * L);
    c43.intoArray(c, r4 + 3 * L);
    c50.intoArray(c, r5);
    c51.intoArray(c, r5 + L);
    c52.intoArray(c, r5 + 2 * L);
    c53.intoArray(c, r5 + 3 * L);
  }

  /// As above; on the way the panel of B is copied to `panel[to]`, step by step four vectors.
  static void fourPacking(
      float[] a,
      int ao,
      int row,
      int step,
      int last,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add,
      float[] panel,
      int to) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c02 = FloatVector.zero(S);
    FloatVector c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c12 = FloatVector.zero(S);
    FloatVector c13 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c22 = FloatVector.zero(S);
    FloatVector c23 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c32 = FloatVector.zero(S);
    FloatVector c33 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c42 = FloatVector.zero(S);
    FloatVector c43 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    FloatVector c52 = FloatVector.zero(S);
    FloatVector c53 = FloatVector.zero(S);
    int a1 = ao + Math.min(1, last) * row;
    int a2 = ao + Math.min(2, last) * row;
    int a3 = ao + Math.min(3, last) * row;
    int a4 = ao + Math.min(4, last) * row;
    int a5 = ao + Math.min(5, last) * row;
    int end = bo + k * ldb;
    int pi = to;
    for (int bi = bo, ai = 0; bi != end; bi += ldb, ai += step) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bi + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, bi + 3 * L);
      b0.intoArray(panel, pi);
      b1.intoArray(panel, pi + L);
      b2.intoArray(panel, pi + 2 * L);
      b3.intoArray(panel, pi + 3 * L);
      pi += 4 * L;
      FloatVector x = FloatVector.broadcast(S, a[ao + ai]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      x = FloatVector.broadcast(S, a[a1 + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      c13 = x.fma(b3, c13);
      x = FloatVector.broadcast(S, a[a2 + ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      c23 = x.fma(b3, c23);
      x = FloatVector.broadcast(S, a[a3 + ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      c33 = x.fma(b3, c33);
      x = FloatVector.broadcast(S, a[a4 + ai]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      c42 = x.fma(b2, c42);
      c43 = x.fma(b3, c43);
      x = FloatVector.broadcast(S, a[a5 + ai]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      c52 = x.fma(b2, c52);
      c53 = x.fma(b3, c53);
    }
    int r1 = co + Math.min(1, last) * ldc;
    int r2 = co + Math.min(2, last) * ldc;
    int r3 = co + Math.min(3, last) * ldc;
    int r4 = co + Math.min(4, last) * ldc;
    int r5 = co + Math.min(5, last) * ldc;
    if (add) {
      c00 = FloatVector.fromArray(S, c, co).add(c00);
      c01 = FloatVector.fromArray(S, c, co + L).add(c01);
      c02 = FloatVector.fromArray(S, c, co + 2 * L).add(c02);
      c03 = FloatVector.fromArray(S, c, co + 3 * L).add(c03);
      c10 = FloatVector.fromArray(S, c, r1).add(c10);
      c11 = FloatVector.fromArray(S, c, r1 + L).add(c11);
      c12 = FloatVector.fromArray(S, c, r1 + 2 * L).add(c12);
      c13 = FloatVector.fromArray(S, c, r1 + 3 * L).add(c13);
      c20 = FloatVector.fromArray(S, c, r2).add(c20);
      c21 = FloatVector.fromArray(S, c, r2 + L).add(c21);
      c22 = FloatVector.fromArray(S, c, r2 + 2 * L).add(c22);
      c23 = FloatVector.fromArray(S, c, r2 + 3 * L).add(c23);
      c30 = FloatVector.fromArray(S, c, r3).add(c30);
      c31 = FloatVector.fromArray(S, c, r3 + L).add(c31);
      c32 = FloatVector.fromArray(S, c, r3 + 2 * L).add(c32);
      c33 = FloatVector.fromArray(S, c, r3 + 3 * L).add(c33);
      c40 = FloatVector.fromArray(S, c, r4).add(c40);
      c41 = FloatVector.fromArray(S, c, r4 + L).add(c41);
      c42 = FloatVector.fromArray(S, c, r4 + 2 * L).add(c42);
      c43 = FloatVector.fromArray(S, c, r4 + 3 * L).add(c43);
      c50 = FloatVector.fromArray(S, c, r5).add(c50);
      c51 = FloatVector.fromArray(S, c, r5 + L).add(c51);
      c52 = FloatVector.fromArray(S, c, r5 + 2 * L).add(c52);
      c53 = FloatVector.fromArray(S, c, r5 + 3 * L).add(c53);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c02.intoArray(c, co + 2 * L);
    c03.intoArray(c, co + 3 * L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c12.intoArray(c, r1 + 2 * L);
    c13.intoArray(c, r1 + 3 * L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c22.intoArray(c, r2 + 2 * L);
    c23.intoArray(c, r2 + 3 * L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
    c32.intoArray(c, r3 + 2 * L);
    c33.intoArray(c, r3 + 3 * L);
    c40.intoArray(c, r4);
    c41.intoArray(c, r4 + L);
    c42.intoArray(c, r4 + 2 * L);
    c43.intoArray(c, r4 + 3 * L);
    c50.intoArray(c, r5);
    c51.intoArray(c, r5 + L);
    c52.intoArray(c, r5 + 2 * L);
    c53.intoArray(c, r5 + 3 * L);
  }

  /// Six rows by two vectors.
  static void two(
      float[] a,
      int ao,
      int row,
      int step,
      int last,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c01 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c11 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c21 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c31 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c41 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c51 = FloatVector.zero(S);
    int a1 = ao + Math.min(1, last) * row;
    int a2 = ao + Math.min(2, last) * row;
    int a3 = ao + Math.min(3, last) * row;
    int a4 = ao + Math.min(4, last) * row;
    int a5 = ao + Math.min(5, last) * row;
    int end = bo + k * ldb;
    for (int bi = bo, ai = 0; bi != end; bi += ldb, ai += step) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector b1 = FloatVector.fromArray(S, b, bi + L);
      FloatVector x = FloatVector.broadcast(S, a[ao + ai]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[a1 + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[a2 + ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[a3 + ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[a4 + ai]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[a5 + ai]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
    }
    int r1 = co + Math.min(1, last) * ldc;
    int r2 = co + Math.min(2, last) * ldc;
    int r3 = co + Math.min(3, last) * ldc;
    int r4 = co + Math.min(4, last) * ldc;
    int r5 = co + Math.min(5, last) * ldc;
    if (add) {
      c00 = FloatVector.fromArray(S, c, co).add(c00);
      c01 = FloatVector.fromArray(S, c, co + L).add(c01);
      c10 = FloatVector.fromArray(S, c, r1).add(c10);
      c11 = FloatVector.fromArray(S, c, r1 + L).add(c11);
      c20 = FloatVector.fromArray(S, c, r2).add(c20);
      c21 = FloatVector.fromArray(S, c, r2 + L).add(c21);
      c30 = FloatVector.fromArray(S, c, r3).add(c30);
      c31 = FloatVector.fromArray(S, c, r3 + L).add(c31);
      c40 = FloatVector.fromArray(S, c, r4).add(c40);
      c41 = FloatVector.fromArray(S, c, r4 + L).add(c41);
      c50 = FloatVector.fromArray(S, c, r5).add(c50);
      c51 = FloatVector.fromArray(S, c, r5 + L).add(c51);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + L);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + L);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + L);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + L);
    c40.intoArray(c, r4);
    c41.intoArray(c, r4 + L);
    c50.intoArray(c, r5);
    c51.intoArray(c, r5 + L);
  }

  /// Six rows by a vector.
  static void one(
      float[] a,
      int ao,
      int row,
      int step,
      int last,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    for (int lap = WarmUp.laps; lap > 0; lap--) {}
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    int a1 = ao + Math.min(1, last) * row;
    int a2 = ao + Math.min(2, last) * row;
    int a3 = ao + Math.min(3, last) * row;
    int a4 = ao + Math.min(4, last) * row;
    int a5 = ao + Math.min(5, last) * row;
    int end = bo + k * ldb;
    for (int bi = bo, ai = 0; bi != end; bi += ldb, ai += step) {
      FloatVector b0 = FloatVector.fromArray(S, b, bi);
      FloatVector x = FloatVector.broadcast(S, a[ao + ai]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(S, a[a1 + ai]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(S, a[a2 + ai]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(S, a[a3 + ai]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(S, a[a4 + ai]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(S, a[a5 + ai]);
      c50 = x.fma(b0, c50);
    }
    int r1 = co + Math.min(1, last) * ldc;
    int r2 = co + Math.min(2, last) * ldc;
    int r3 = co + Math.min(3, last) * ldc;
    int r4 = co + Math.min(4, last) * ldc;
    int r5 = co + Math.min(5, last) * ldc;
    if (add) {
      c00 = FloatVector.fromArray(S, c, co).add(c00);
      c10 = FloatVector.fromArray(S, c, r1).add(c10);
      c20 = FloatVector.fromArray(S, c, r2).add(c20);
      c30 = FloatVector.fromArray(S, c, r3).add(c30);
      c40 = FloatVector.fromArray(S, c, r4).add(c40);
      c50 = FloatVector.fromArray(S, c, r5).add(c50);
    }
    c00.intoArray(c, co);
    c10.intoArray(c, r1);
    c20.intoArray(c, r2);
    c30.intoArray(c, r3);
    c40.intoArray(c, r4);
    c50.intoArray(c, r5);
  }
}
