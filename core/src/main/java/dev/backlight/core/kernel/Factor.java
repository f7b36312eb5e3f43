package dev.backlight.core.kernel;

import java.util.Arrays;

/// Direct factorisations of one row-major matrix, in place: Cholesky, LU, QR, and the solvers that
/// use them. All in doubles, whatever the dtype outside.
public final class Factor {
  private Factor() {}

  /// The lower triangle `l` of `l lᵀ = (a + aᵀ)/2`, with zeros above.
  public static void cholesky(double[] a, double[] l, int n) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = i == j ? a[i * n + i] : 0.5 * a[i * n + j] + 0.5 * a[j * n + i];
        for (int k = 0; k < j; k++) {
          sum -= l[i * n + k] * l[j * n + k];
        }
        if (i != j) {
          l[i * n + j] = sum / l[j * n + j];
        } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
          l[i * n + i] = Math.sqrt(sum);
        } else {
          throw new Unfit(
              "cholesky needs a positive definite matrix, got pivot " + i + " = " + sum);
        }
      }
      Arrays.fill(l, i * n + i + 1, (i + 1) * n, 0);
    }
  }

  /// Factors `a` into unit lower and upper triangles with partial pivoting; row `i` came from
  /// `rows[i]`. Answers the sign of the permutation. A singular matrix leaves a zero pivot.
  public static int lu(double[] a, int[] rows, int n) {
    int sign = 1;
    for (int i = 0; i < n; i++) {
      rows[i] = i;
    }
    for (int k = 0; k < n; k++) {
      int best = k;
      for (int i = k + 1; i < n; i++) {
        if (Math.abs(a[i * n + k]) > Math.abs(a[best * n + k])) {
          best = i;
        }
      }
      if (best != k) {
        sign = -sign;
        int row = rows[k];
        rows[k] = rows[best];
        rows[best] = row;
        for (int j = 0; j < n; j++) {
          double held = a[k * n + j];
          a[k * n + j] = a[best * n + j];
          a[best * n + j] = held;
        }
      }
      double pivot = a[k * n + k];
      for (int i = k + 1; i < n; i++) {
        // Below a zero pivot there are zeros, times a row that may hold a NaN.
        double f = pivot == 0 ? 0 : a[i * n + k] / pivot;
        a[i * n + k] = f;
        for (int j = k + 1; j < n; j++) {
          a[i * n + j] -= f * a[k * n + j];
        }
      }
    }
    return sign;
  }

  /// `x` of `a x = b` with `m` columns; `a` is overwritten by its factors.
  public static void solve(double[] a, int[] rows, double[] b, double[] x, int n, int m) {
    lu(a, rows, n);
    checkPivots("solve", a, n);
    for (int i = 0; i < n; i++) {
      System.arraycopy(b, rows[i] * m, x, i * m, m);
    }
    triangular(a, x, n, m, false, false, true);
    triangular(a, x, n, m, true, false, false);
  }

  /// Refuses LU factors, or a triangle, with a zero on the diagonal.
  public static void checkPivots(String name, double[] a, int n) {
    for (int i = 0; i < n; i++) {
      if (a[i * n + i] == 0) {
        throw new Unfit(
            name + " needs an invertible matrix, got a singular one: pivot " + i + " is 0");
      }
    }
  }

  /// Overwrites `x` by the solution of `a y = x`, or `aᵀ y = x`, where `a` is a triangle.
  public static void triangular(
      double[] a, double[] x, int n, int m, boolean upper, boolean transposed, boolean unit) {
    boolean up = upper != transposed;
    for (int step = 0; step < n; step++) {
      int i = up ? n - 1 - step : step;
      for (int j = up ? i + 1 : 0; j < (up ? n : i); j++) {
        double f = transposed ? a[j * n + i] : a[i * n + j];
        for (int c = 0; c < m; c++) {
          x[i * m + c] -= f * x[j * m + c];
        }
      }
      if (!unit) {
        double pivot = a[i * n + i];
        for (int c = 0; c < m; c++) {
          x[i * m + c] /= pivot;
        }
      }
    }
  }

  /// The reduced QR factors of an m×n matrix, `m ≥ n`, with no negative number on the diagonal of
  /// `r`, by Householder reflections. `work` is overwritten and holds `a` before; `scale` has `2n`
  /// elements. Every column is measured by its largest element, so that no square overflows or
  /// vanishes.
  public static void qr(double[] work, double[] scale, double[] q, double[] r, int m, int n) {
    for (int k = 0; k < n; k++) {
      double most = 0;
      for (int i = k; i < m; i++) {
        most = Math.max(most, Math.abs(work[i * n + k]));
      }
      double square = 0;
      for (int i = k; i < m && most != 0; i++) {
        double y = work[i * n + k] / most;
        work[i * n + k] = y;
        square += y * y;
      }
      double norm = Math.sqrt(square);
      double alpha = work[k * n + k] > 0 ? -norm : norm;
      // H = I − scale·v vᵀ, where v = y/alpha − e lies in column k from its diagonal on.
      for (int i = k; i < m && most != 0; i++) {
        work[i * n + k] /= alpha;
      }
      work[k * n + k] -= 1;
      scale[k] = most == 0 ? 0 : -1 / work[k * n + k];
      for (int j = k + 1; j < n; j++) {
        reflect(work, n, k, j, work, n, scale[k], m);
      }
      scale[n + k] = alpha * most;
    }
    Arrays.fill(q, 0, m * n, 0);
    for (int i = 0; i < n; i++) {
      double sign = scale[n + i] < 0 ? -1 : 1;
      q[i * n + i] = sign;
      for (int j = 0; j < n; j++) {
        r[i * n + j] = j < i ? 0 : sign * (j == i ? scale[n + i] : work[i * n + j]);
      }
    }
    for (int k = n - 1; k >= 0; k--) {
      for (int j = 0; j < n; j++) {
        reflect(work, n, k, j, q, n, scale[k], m);
      }
    }
  }

  private static void reflect(
      double[] v, int stride, int k, int j, double[] x, int n, double scale, int m) {
    double dot = 0;
    for (int i = k; i < m; i++) {
      dot += v[i * stride + k] * x[i * n + j];
    }
    dot *= scale;
    for (int i = k; i < m; i++) {
      x[i * n + j] -= dot * v[i * stride + k];
    }
  }
}
