package dev.backlight.core.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The product of a few rows with a matrix that is read where it is: `c += a[k] · B[k, ·]`, four k
/// at a time.
///
/// For so few rows, copying B into panels takes longer than the product. The order is that of
/// [FloatScalarMatMul].
final class FloatRowProducts {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private static final int COLUMNS = 1024;
  private static final Pool<float[]> POOL = new Pool<>();

  private FloatRowProducts() {}

  static void matmul(
      boolean ta,
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
    int row = ta ? 1 : lda;
    int step = ta ? lda : 1;
    int block = FloatScalarMatMul.block(k);
    float[] taken = POOL.take();
    float[] memory = taken == null ? new float[COLUMNS] : taken;
    for (int j = 0; j < n; j += COLUMNS) {
      int nj = Math.min(COLUMNS, n - j);
      for (int p = 0; p < k; p += block) {
        int kp = Math.min(block, k - p);
        boolean add = accumulate || p > 0;
        for (int i = 0; i < m; i++) {
          int ci = co + i * ldc + j;
          // Later blocks need chains of their own, since a chain starts at 0 and is added when
          // complete.
          float[] chains = add ? memory : c;
          int at = add ? 0 : ci;
          block(a, ao + i * row + p * step, step, b, bo + p * ldb + j, ldb, kp, nj, chains, at);
          if (add) {
            addTo(c, ci, chains, nj);
          }
        }
      }
    }
    POOL.give(memory);
  }

  private static void block(
      float[] a,
      int ai,
      int step,
      float[] b,
      int bi,
      int ldb,
      int k,
      int n,
      float[] chains,
      int at) {
    Arrays.fill(chains, at, at + n, 0f);
    int p = 0;
    for (; p + 3 < k; p += 4, ai += 4 * step, bi += 4 * ldb) {
      fourSteps(a[ai], a[ai + step], a[ai + 2 * step], a[ai + 3 * step], b, bi, ldb, n, chains, at);
    }
    for (; p < k; p++, ai += step, bi += ldb) {
      oneStep(a[ai], b, bi, n, chains, at);
    }
  }

  private static void fourSteps(
      float a0,
      float a1,
      float a2,
      float a3,
      float[] b,
      int bi,
      int ldb,
      int n,
      float[] chains,
      int at) {
    int b1 = bi + ldb;
    int b2 = b1 + ldb;
    int b3 = b2 + ldb;
    int end = S.loopBound(n);
    FloatVector v0 = FloatVector.broadcast(S, a0);
    FloatVector v1 = FloatVector.broadcast(S, a1);
    FloatVector v2 = FloatVector.broadcast(S, a2);
    FloatVector v3 = FloatVector.broadcast(S, a3);
    for (int j = 0; j < end; j += L) {
      FloatVector chain = FloatVector.fromArray(S, chains, at + j);
      chain = v0.fma(FloatVector.fromArray(S, b, bi + j), chain);
      chain = v1.fma(FloatVector.fromArray(S, b, b1 + j), chain);
      chain = v2.fma(FloatVector.fromArray(S, b, b2 + j), chain);
      v3.fma(FloatVector.fromArray(S, b, b3 + j), chain).intoArray(chains, at + j);
    }
    for (int j = end; j < n; j++) {
      float chain = Math.fma(a0, b[bi + j], chains[at + j]);
      chain = Math.fma(a1, b[b1 + j], chain);
      chain = Math.fma(a2, b[b2 + j], chain);
      chains[at + j] = Math.fma(a3, b[b3 + j], chain);
    }
  }

  private static void oneStep(float a, float[] b, int bi, int n, float[] chains, int at) {
    int end = S.loopBound(n);
    FloatVector v = FloatVector.broadcast(S, a);
    for (int j = 0; j < end; j += L) {
      v.fma(FloatVector.fromArray(S, b, bi + j), FloatVector.fromArray(S, chains, at + j))
          .intoArray(chains, at + j);
    }
    for (int j = end; j < n; j++) {
      chains[at + j] = Math.fma(a, b[bi + j], chains[at + j]);
    }
  }

  private static void addTo(float[] c, int ci, float[] chains, int n) {
    int end = S.loopBound(n);
    for (int j = 0; j < end; j += L) {
      FloatVector.fromArray(S, c, ci + j)
          .add(FloatVector.fromArray(S, chains, j))
          .intoArray(c, ci + j);
    }
    for (int j = end; j < n; j++) {
      c[ci + j] += chains[j];
    }
  }
}
