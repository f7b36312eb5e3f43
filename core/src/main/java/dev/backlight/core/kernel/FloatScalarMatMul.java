package dev.backlight.core.kernel;

import java.util.Arrays;

/// The matrix product in plain Java, and the definition of its order.
///
/// Each element of C is a sum over k in blocks of [#BLOCK]: within a block one chain of fused multiply-adds
/// that starts at 0, the blocks added one after another (to the old C first, when accumulating). Nothing
/// else enters, so the bits depend neither on m and n nor on an element's place.
final class FloatScalarMatMul {
  /// Length of a block along k. A right panel of 256 by 32 floats, which the fastest micro-kernel walks
  /// through for every tile of rows, is 32 KiB and stays in the first cache; and blocks keep long sums
  /// accurate. Changing it changes results.
  static final int BLOCK = 256;

  private FloatScalarMatMul() {}

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
    for (int p = 0; p < k; p += BLOCK) {
      int length = Math.min(BLOCK, k - p);
      boolean add = accumulate || p > 0;
      for (int i = 0; i < m; i++) {
        int ai = ao + i * aRow + p * aStep;
        for (int j = 0; j < n; j++) {
          int bj = bo + j * bColumn + p * bStep;
          float chain = 0f;
          for (int q = 0; q < length; q++) {
            chain = Math.fma(a[ai + q * aStep], b[bj + q * bStep], chain);
          }
          int at = co + i * ldc + j;
          c[at] = add ? c[at] + chain : chain;
        }
      }
    }
  }
}
