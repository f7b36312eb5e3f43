package dev.backlight.core.kernel;

import java.util.Arrays;

/// The exponential of one n×n matrix, with its workspace.
public final class Exponential {
  private static final double[] B = {
    64764752532480000.,
    32382376266240000.,
    7771770303897600.,
    1187353796428800.,
    129060195264000.,
    10559470521600.,
    670442572800.,
    33522128640.,
    1323241920.,
    40840800.,
    960960.,
    16380.,
    182.,
    1.
  };

  private final int n;
  private final double[] a2;
  private final double[] a4;
  private final double[] a6;
  private final double[] odd;
  private final double[] even;
  private final double[] work;
  private final int[] rows;

  public Exponential(int n) {
    this.n = n;
    a2 = new double[n * n];
    a4 = new double[n * n];
    a6 = new double[n * n];
    odd = new double[n * n];
    even = new double[n * n];
    work = new double[n * n];
    rows = new int[n];
  }

  /// `y = exp(a)`; overwrites `a`. NaN where an element is not finite.
  public void run(double[] a, double[] y) {
    double norm = norm(a);
    if (!Double.isFinite(norm)) {
      Arrays.fill(y, 0, n * n, Double.NaN);
      return;
    }
    int squarings = norm > 5.37 ? Math.max(0, Math.getExponent(norm / 5.37) + 1) : 0;
    double scale = Math.scalb(1.0, -squarings);
    for (int i = 0; i < n * n; i++) {
      a[i] *= scale;
    }
    product(a, a, a2);
    product(a2, a2, a4);
    product(a2, a4, a6);
    combine(13, 11, 9, 0);
    product(a6, work, odd);
    combine(7, 5, 3, 1);
    add(odd);
    product(a, odd, y);
    System.arraycopy(y, 0, odd, 0, n * n);
    combine(12, 10, 8, -1);
    product(a6, work, even);
    combine(6, 4, 2, 0);
    add(even);
    for (int i = 0; i < n * n; i++) {
      work[i] = even[i] - odd[i];
      even[i] += odd[i];
    }
    Factor.solve(work, rows, even, y, n, n);
    for (int s = 0; s < squarings; s++) {
      System.arraycopy(y, 0, work, 0, n * n);
      product(work, work, y);
    }
  }

  /// The sum of the columns of largest magnitude, and NaN or infinite if anything is.
  private double norm(double[] a) {
    double most = 0;
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += Math.abs(a[i * n + j]);
      }
      most = Math.max(most, sum);
    }
    return most;
  }

  /// `work = B[six] a⁶ + B[four] a⁴ + B[two] a² + B[one] I`; the last only where it belongs.
  private void combine(int six, int four, int two, int one) {
    for (int i = 0; i < n * n; i++) {
      work[i] = B[six] * a6[i] + B[four] * a4[i] + B[two] * a2[i];
    }
    boolean constant = two == one + 2;
    for (int i = 0; i < n && constant; i++) {
      work[i * n + i] += B[one];
    }
  }

  private void add(double[] to) {
    for (int i = 0; i < n * n; i++) {
      to[i] += work[i];
    }
  }

  private void product(double[] x, double[] y, double[] z) {
    Arrays.fill(z, 0, n * n, 0);
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        double f = x[i * n + k];
        for (int j = 0; j < n; j++) {
          z[i * n + j] += f * y[k * n + j];
        }
      }
    }
  }
}
