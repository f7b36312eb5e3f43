package dev.backlight.core.kernel;

import java.util.Arrays;

/// The matrix product in vectors: which of its ways is taken for which sizes.
///
/// The order of every sum is that of [FloatScalarMatMul], bit for bit, on each of them.
final class FloatMatMul {
  private static final int L = FloatLanes.SPECIES.length();

  // Below so many products tiles cost more than they save.
  private static final long VERY_FEW = 1024;

  private FloatMatMul() {}

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
    if (m == 0 || n == 0) {
      return;
    }
    long work = (long) m * n * k;
    if (k == 0) {
      for (int i = 0; i < m && !accumulate; i++) {
        Arrays.fill(c, co + i * ldc, co + i * ldc + n, 0f);
      }
    } else if (!tb && m == 1 && n >= L) {
      FloatRowProducts.matmul(ta, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    } else if (work <= VERY_FEW) {
      FloatScalarMatMul.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    } else {
      FloatBlocks.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    }
  }
}
