package dev.backlight.bench.peers;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.util.Random;

/// netlib's matrix product in the vector API (its VectorBLAS, where the JVM has that module): one thread, column-major.
public final class NetlibPeer {
  private NetlibPeer() {}

  /// Times products.
  public static void main(String[] args) {
    Lines lines = new Lines();
    if (args[0].equals("1")) {
      BLAS blas = JavaBLAS.getInstance();
      for (int n : new int[] {64, 128, 256, 512, 1024, 2048}) {
        lines.add("sgemm_nn_" + n, () -> floats(blas, "N", "N", n, n, n));
        lines.add("dgemm_nn_" + n, () -> doubles(blas, n));
      }
      lines.add("sgemm_nt_512", () -> floats(blas, "T", "N", 512, 512, 512));
      lines.add("sgemm_tn_512", () -> floats(blas, "N", "T", 512, 512, 512));
      lines.add("sgemm_nn_128x784x512", () -> floats(blas, "N", "N", 512, 784, 128));
      lines.add("sgemm_tn_784x128x512", () -> floats(blas, "N", "T", 512, 128, 784));
      lines.add("sgemm_nt_128x512x784", () -> floats(blas, "T", "N", 784, 512, 128));
    }
    lines.write(args);
  }

  // Row-major C = A·B is column-major Cᵀ = Bᵀ·Aᵀ: the factors change places.
  private static Runnable floats(BLAS blas, String ta, String tb, int m, int k, int n) {
    Random random = new Random(1);
    float[] a = new float[m * k];
    float[] b = new float[k * n];
    float[] c = new float[m * n];
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < b.length; i++) {
      b[i] = (float) random.nextGaussian();
    }
    int lda = ta.equals("N") ? m : k;
    int ldb = tb.equals("N") ? k : n;
    return () -> blas.sgemm(ta, tb, m, n, k, 1, a, lda, b, ldb, 0, c, m);
  }

  private static Runnable doubles(BLAS blas, int n) {
    Random random = new Random(1);
    double[] a = random.doubles((long) n * n).toArray();
    double[] b = random.doubles((long) n * n).toArray();
    double[] c = new double[n * n];
    return () -> blas.dgemm("N", "N", n, n, n, 1, a, n, b, n, 0, c, n);
  }
}
