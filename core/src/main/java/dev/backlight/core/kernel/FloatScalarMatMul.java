package dev.backlight.core.kernel;

import java.util.Arrays;

/// The matrix product in plain Java, and the definition of its order.
///
/// Each element of C is a sum over k in blocks of [#block]: within a block one chain of fused
/// multiply-adds that starts at 0, the blocks added one after another (to the old C first, when
/// accumulating). Nothing else enters, so the bits depend neither on m and n nor on an element's
/// place.
final class FloatScalarMatMul {
  /// The longest block along k: a piece of A and a panel of B of that length stay in the second
  /// cache, and blocks keep long sums accurate. Changing it changes results.
  static final int BLOCK = 512;

  private FloatScalarMatMul() {}

  /// The length of the blocks of a sum over k: as few as can be, as even as can be, since a short
  /// one costs more for each of its steps. Multiples of 16, the lanes of a vector.
  static int block(int k) {
    int blocks = Math.max(1, (k + BLOCK - 1) / BLOCK);
    return ((k + blocks - 1) / blocks + 15) / 16 * 16;
  }

  static void matmul(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean accumulate) {
    int aRow = ta ? 1 : lda;
    int aStep = ta ? lda : 1;
    int bStep = tb ? 1 : ldb;
    int bColumn = tb ? ldb : 1;
    if (!accumulate) {
      for (int i = 0; i < m; i++) {
        Arrays.fill(c, co + i * ldc, co + i * ldc + n, 0f);
      }
    }
    int block = block(k);
    for (int p = 0; p < k; p += block) {
      int length = Math.min(block, k - p);
      boolean add = accumulate || p > 0;
      for (int i = 0; i < m; i++) {
        int ai = ao + i * aRow + p * aStep;
        int bi = bo + p * bStep;
        int ci = co + i * ldc;
        int j = 0;
        for (; j + 3 < n; j += 4) {
          fourColumns(a, ai, aStep, b, bi + j * bColumn, bStep, bColumn, length, c, ci + j, add);
        }
        for (; j < n; j++) {
          float chain = chain(a, ai, aStep, b, bi + j * bColumn, bStep, length);
          c[ci + j] = add ? c[ci + j] + chain : chain;
        }
      }
    }
  }

  private static float chain(
      float[] a, int ai, int aStep, float[] b, int bi, int bStep, int length) {
    float chain = 0f;
    for (int q = 0; q < length; q++) {
      chain = Math.fma(a[ai + q * aStep], b[bi + q * bStep], chain);
    }
    return chain;
  }

  // A chain waits four cycles for each of its links; four of them side by side take no longer than
  // one.
  private static void fourColumns(
      float[] a,
      int ai,
      int aStep,
      float[] b,
      int bi,
      int bStep,
      int bColumn,
      int length,
      float[] c,
      int ci,
      boolean add) {
    float chain0 = 0f;
    float chain1 = 0f;
    float chain2 = 0f;
    float chain3 = 0f;
    for (int q = 0; q < length; q++) {
      float x = a[ai + q * aStep];
      int at = bi + q * bStep;
      chain0 = Math.fma(x, b[at], chain0);
      chain1 = Math.fma(x, b[at + bColumn], chain1);
      chain2 = Math.fma(x, b[at + 2 * bColumn], chain2);
      chain3 = Math.fma(x, b[at + 3 * bColumn], chain3);
    }
    c[ci] = add ? c[ci] + chain0 : chain0;
    c[ci + 1] = add ? c[ci + 1] + chain1 : chain1;
    c[ci + 2] = add ? c[ci + 2] + chain2 : chain2;
    c[ci + 3] = add ? c[ci + 3] + chain3 : chain3;
  }
}
