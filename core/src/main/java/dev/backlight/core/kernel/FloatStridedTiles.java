package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The micro-kernels of convolutions: as those of the matrix product ([FloatTiles]), but on factors
/// as they lie. Element i of step k of A is at `a[ao + i·ar + k·as]`, so A may be a matrix or its
/// transpose; step k of B, two vectors, is at `b[bo + k·bs]`.
///
/// A broadcast from a row of its own costs no more than one from a packed panel (255 and 262
/// GFLOP/s of 256 in a tile of 12 rows), so packing does not pay where each factor is used a few
/// times only.
///
/// Flat code on purpose; it was written by a loop, once. `C = tile`, or `C += tile` with `add`.
final class FloatStridedTiles {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private FloatStridedTiles() {}

  static void rows12(
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
    FloatVector l0 = FloatVector.zero(S);
    FloatVector r0 = FloatVector.zero(S);
    FloatVector l1 = FloatVector.zero(S);
    FloatVector r1 = FloatVector.zero(S);
    FloatVector l2 = FloatVector.zero(S);
    FloatVector r2 = FloatVector.zero(S);
    FloatVector l3 = FloatVector.zero(S);
    FloatVector r3 = FloatVector.zero(S);
    FloatVector l4 = FloatVector.zero(S);
    FloatVector r4 = FloatVector.zero(S);
    FloatVector l5 = FloatVector.zero(S);
    FloatVector r5 = FloatVector.zero(S);
    FloatVector l6 = FloatVector.zero(S);
    FloatVector r6 = FloatVector.zero(S);
    FloatVector l7 = FloatVector.zero(S);
    FloatVector r7 = FloatVector.zero(S);
    FloatVector l8 = FloatVector.zero(S);
    FloatVector r8 = FloatVector.zero(S);
    FloatVector l9 = FloatVector.zero(S);
    FloatVector r9 = FloatVector.zero(S);
    FloatVector l10 = FloatVector.zero(S);
    FloatVector r10 = FloatVector.zero(S);
    FloatVector l11 = FloatVector.zero(S);
    FloatVector r11 = FloatVector.zero(S);
    for (int step = 0, ai = ao, bi = bo; step < k; step++, ai += as, bi += bs) {
      FloatVector left = FloatVector.fromArray(S, b, bi);
      FloatVector right = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[ai]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(S, a[ai + ar]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(S, a[ai + 2 * ar]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(S, a[ai + 3 * ar]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(S, a[ai + 4 * ar]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(S, a[ai + 5 * ar]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(S, a[ai + 6 * ar]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(S, a[ai + 7 * ar]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
      FloatVector a8 = FloatVector.broadcast(S, a[ai + 8 * ar]);
      l8 = a8.fma(left, l8);
      r8 = a8.fma(right, r8);
      FloatVector a9 = FloatVector.broadcast(S, a[ai + 9 * ar]);
      l9 = a9.fma(left, l9);
      r9 = a9.fma(right, r9);
      FloatVector a10 = FloatVector.broadcast(S, a[ai + 10 * ar]);
      l10 = a10.fma(left, l10);
      r10 = a10.fma(right, r10);
      FloatVector a11 = FloatVector.broadcast(S, a[ai + 11 * ar]);
      l11 = a11.fma(left, l11);
      r11 = a11.fma(right, r11);
    }
    if (add) {
      l0 = FloatVector.fromArray(S, c, co).add(l0);
      r0 = FloatVector.fromArray(S, c, co + L).add(r0);
      l1 = FloatVector.fromArray(S, c, co + ldc).add(l1);
      r1 = FloatVector.fromArray(S, c, co + ldc + L).add(r1);
      l2 = FloatVector.fromArray(S, c, co + 2 * ldc).add(l2);
      r2 = FloatVector.fromArray(S, c, co + 2 * ldc + L).add(r2);
      l3 = FloatVector.fromArray(S, c, co + 3 * ldc).add(l3);
      r3 = FloatVector.fromArray(S, c, co + 3 * ldc + L).add(r3);
      l4 = FloatVector.fromArray(S, c, co + 4 * ldc).add(l4);
      r4 = FloatVector.fromArray(S, c, co + 4 * ldc + L).add(r4);
      l5 = FloatVector.fromArray(S, c, co + 5 * ldc).add(l5);
      r5 = FloatVector.fromArray(S, c, co + 5 * ldc + L).add(r5);
      l6 = FloatVector.fromArray(S, c, co + 6 * ldc).add(l6);
      r6 = FloatVector.fromArray(S, c, co + 6 * ldc + L).add(r6);
      l7 = FloatVector.fromArray(S, c, co + 7 * ldc).add(l7);
      r7 = FloatVector.fromArray(S, c, co + 7 * ldc + L).add(r7);
      l8 = FloatVector.fromArray(S, c, co + 8 * ldc).add(l8);
      r8 = FloatVector.fromArray(S, c, co + 8 * ldc + L).add(r8);
      l9 = FloatVector.fromArray(S, c, co + 9 * ldc).add(l9);
      r9 = FloatVector.fromArray(S, c, co + 9 * ldc + L).add(r9);
      l10 = FloatVector.fromArray(S, c, co + 10 * ldc).add(l10);
      r10 = FloatVector.fromArray(S, c, co + 10 * ldc + L).add(r10);
      l11 = FloatVector.fromArray(S, c, co + 11 * ldc).add(l11);
      r11 = FloatVector.fromArray(S, c, co + 11 * ldc + L).add(r11);
    }
    l0.intoArray(c, co);
    r0.intoArray(c, co + L);
    l1.intoArray(c, co + ldc);
    r1.intoArray(c, co + ldc + L);
    l2.intoArray(c, co + 2 * ldc);
    r2.intoArray(c, co + 2 * ldc + L);
    l3.intoArray(c, co + 3 * ldc);
    r3.intoArray(c, co + 3 * ldc + L);
    l4.intoArray(c, co + 4 * ldc);
    r4.intoArray(c, co + 4 * ldc + L);
    l5.intoArray(c, co + 5 * ldc);
    r5.intoArray(c, co + 5 * ldc + L);
    l6.intoArray(c, co + 6 * ldc);
    r6.intoArray(c, co + 6 * ldc + L);
    l7.intoArray(c, co + 7 * ldc);
    r7.intoArray(c, co + 7 * ldc + L);
    l8.intoArray(c, co + 8 * ldc);
    r8.intoArray(c, co + 8 * ldc + L);
    l9.intoArray(c, co + 9 * ldc);
    r9.intoArray(c, co + 9 * ldc + L);
    l10.intoArray(c, co + 10 * ldc);
    r10.intoArray(c, co + 10 * ldc + L);
    l11.intoArray(c, co + 11 * ldc);
    r11.intoArray(c, co + 11 * ldc + L);
  }

  static void rows8(
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
    FloatVector l0 = FloatVector.zero(S);
    FloatVector r0 = FloatVector.zero(S);
    FloatVector l1 = FloatVector.zero(S);
    FloatVector r1 = FloatVector.zero(S);
    FloatVector l2 = FloatVector.zero(S);
    FloatVector r2 = FloatVector.zero(S);
    FloatVector l3 = FloatVector.zero(S);
    FloatVector r3 = FloatVector.zero(S);
    FloatVector l4 = FloatVector.zero(S);
    FloatVector r4 = FloatVector.zero(S);
    FloatVector l5 = FloatVector.zero(S);
    FloatVector r5 = FloatVector.zero(S);
    FloatVector l6 = FloatVector.zero(S);
    FloatVector r6 = FloatVector.zero(S);
    FloatVector l7 = FloatVector.zero(S);
    FloatVector r7 = FloatVector.zero(S);
    for (int step = 0, ai = ao, bi = bo; step < k; step++, ai += as, bi += bs) {
      FloatVector left = FloatVector.fromArray(S, b, bi);
      FloatVector right = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[ai]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(S, a[ai + ar]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(S, a[ai + 2 * ar]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(S, a[ai + 3 * ar]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(S, a[ai + 4 * ar]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(S, a[ai + 5 * ar]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(S, a[ai + 6 * ar]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(S, a[ai + 7 * ar]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
    }
    if (add) {
      l0 = FloatVector.fromArray(S, c, co).add(l0);
      r0 = FloatVector.fromArray(S, c, co + L).add(r0);
      l1 = FloatVector.fromArray(S, c, co + ldc).add(l1);
      r1 = FloatVector.fromArray(S, c, co + ldc + L).add(r1);
      l2 = FloatVector.fromArray(S, c, co + 2 * ldc).add(l2);
      r2 = FloatVector.fromArray(S, c, co + 2 * ldc + L).add(r2);
      l3 = FloatVector.fromArray(S, c, co + 3 * ldc).add(l3);
      r3 = FloatVector.fromArray(S, c, co + 3 * ldc + L).add(r3);
      l4 = FloatVector.fromArray(S, c, co + 4 * ldc).add(l4);
      r4 = FloatVector.fromArray(S, c, co + 4 * ldc + L).add(r4);
      l5 = FloatVector.fromArray(S, c, co + 5 * ldc).add(l5);
      r5 = FloatVector.fromArray(S, c, co + 5 * ldc + L).add(r5);
      l6 = FloatVector.fromArray(S, c, co + 6 * ldc).add(l6);
      r6 = FloatVector.fromArray(S, c, co + 6 * ldc + L).add(r6);
      l7 = FloatVector.fromArray(S, c, co + 7 * ldc).add(l7);
      r7 = FloatVector.fromArray(S, c, co + 7 * ldc + L).add(r7);
    }
    l0.intoArray(c, co);
    r0.intoArray(c, co + L);
    l1.intoArray(c, co + ldc);
    r1.intoArray(c, co + ldc + L);
    l2.intoArray(c, co + 2 * ldc);
    r2.intoArray(c, co + 2 * ldc + L);
    l3.intoArray(c, co + 3 * ldc);
    r3.intoArray(c, co + 3 * ldc + L);
    l4.intoArray(c, co + 4 * ldc);
    r4.intoArray(c, co + 4 * ldc + L);
    l5.intoArray(c, co + 5 * ldc);
    r5.intoArray(c, co + 5 * ldc + L);
    l6.intoArray(c, co + 6 * ldc);
    r6.intoArray(c, co + 6 * ldc + L);
    l7.intoArray(c, co + 7 * ldc);
    r7.intoArray(c, co + 7 * ldc + L);
  }

  static void rows4(
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
    FloatVector l0 = FloatVector.zero(S);
    FloatVector r0 = FloatVector.zero(S);
    FloatVector l1 = FloatVector.zero(S);
    FloatVector r1 = FloatVector.zero(S);
    FloatVector l2 = FloatVector.zero(S);
    FloatVector r2 = FloatVector.zero(S);
    FloatVector l3 = FloatVector.zero(S);
    FloatVector r3 = FloatVector.zero(S);
    for (int step = 0, ai = ao, bi = bo; step < k; step++, ai += as, bi += bs) {
      FloatVector left = FloatVector.fromArray(S, b, bi);
      FloatVector right = FloatVector.fromArray(S, b, bi + L);
      FloatVector a0 = FloatVector.broadcast(S, a[ai]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(S, a[ai + ar]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(S, a[ai + 2 * ar]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(S, a[ai + 3 * ar]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
    }
    if (add) {
      l0 = FloatVector.fromArray(S, c, co).add(l0);
      r0 = FloatVector.fromArray(S, c, co + L).add(r0);
      l1 = FloatVector.fromArray(S, c, co + ldc).add(l1);
      r1 = FloatVector.fromArray(S, c, co + ldc + L).add(r1);
      l2 = FloatVector.fromArray(S, c, co + 2 * ldc).add(l2);
      r2 = FloatVector.fromArray(S, c, co + 2 * ldc + L).add(r2);
      l3 = FloatVector.fromArray(S, c, co + 3 * ldc).add(l3);
      r3 = FloatVector.fromArray(S, c, co + 3 * ldc + L).add(r3);
    }
    l0.intoArray(c, co);
    r0.intoArray(c, co + L);
    l1.intoArray(c, co + ldc);
    r1.intoArray(c, co + ldc + L);
    l2.intoArray(c, co + 2 * ldc);
    r2.intoArray(c, co + 2 * ldc + L);
    l3.intoArray(c, co + 3 * ldc);
    r3.intoArray(c, co + 3 * ldc + L);
  }
}
