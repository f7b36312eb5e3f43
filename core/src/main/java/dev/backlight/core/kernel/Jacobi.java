package dev.backlight.core.kernel;

import java.util.Arrays;

/// Eigenvalues and singular values by Jacobi rotations: slower than bidiagonal methods and more
/// accurate, in a page of code (Golub and Van Loan, *Matrix Computations*, 8.5 and 8.6).
///
/// Signs are fixed: the element of largest magnitude of every eigenvector, and of every left
/// singular vector, is positive (the first among equals).
public final class Jacobi {
  private static final int SWEEPS = 60;

  private Jacobi() {}

  /// Eigenvalues of the symmetric `a`, ascending, and their vectors as rows of `v`. Overwrites `a`;
  /// `v` has `n²` elements.
  public static void eigen(double[] a, double[] w, double[] v, int n) {
    checkFinite("eigh", a, n * n);
    double scale = largest(a, n * n);
    Arrays.fill(v, 0, n * n, 0);
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    boolean turned = scale > 0;
    for (int sweep = 0; turned; sweep++) {
      checkSweeps("eigh", sweep);
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double apq = a[p * n + q];
          if (Math.abs(apq) > 1e-17 * scale) {
            turned = true;
            double t = tangent((a[q * n + q] / 2 - a[p * n + p] / 2) / apq);
            double c = 1 / Math.sqrt(1 + t * t);
            similar(a, n, p, q, c, t * c);
            rotate(v, n, p, q, c, t * c);
          }
        }
      }
    }
    for (int i = 0; i < n; i++) {
      w[i] = a[i * n + i];
    }
    for (int i = 0; i < n; i++) {
      int best = i;
      for (int j = i + 1; j < n; j++) {
        best = w[j] < w[best] ? j : best;
      }
      swap(w, 1, i, best);
      swap(v, n, i, best);
      if (isNegative(v, i * n, n)) {
        negate(v, i * n, n);
      }
    }
  }

  /// Singular values of the m×n matrix whose columns are the rows of `u`, `m ≥ n`, descending. The
  /// rows of `u` become the left vectors and those of `v` the right ones.
  public static void svd(double[] u, double[] s, double[] v, int m, int n) {
    checkFinite("svd", u, m * n);
    double scale = largest(u, m * n);
    Arrays.fill(v, 0, n * n, 0);
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    for (int i = 0; i < m * n && scale > 0; i++) {
      u[i] /= scale;
    }
    double tolerance = Math.ulp(1.0) * Math.sqrt(m);
    boolean turned = scale > 0;
    for (int sweep = 0; turned; sweep++) {
      checkSweeps("svd", sweep);
      turned = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          double pp = dot(u, p * m, p * m, m);
          double qq = dot(u, q * m, q * m, m);
          double pq = dot(u, p * m, q * m, m);
          if (Math.abs(pq) > tolerance * Math.sqrt(pp) * Math.sqrt(qq) && Math.abs(pq) > 1e-290) {
            turned = true;
            double t = tangent((qq / 2 - pp / 2) / pq);
            double c = 1 / Math.sqrt(1 + t * t);
            rotate(u, m, p, q, c, t * c);
            rotate(v, n, p, q, c, t * c);
          }
        }
      }
    }
    for (int i = 0; i < n; i++) {
      s[i] = Math.sqrt(dot(u, i * m, i * m, m));
    }
    for (int i = 0; i < n; i++) {
      int best = i;
      for (int j = i + 1; j < n; j++) {
        best = s[j] > s[best] ? j : best;
      }
      swap(s, 1, i, best);
      swap(u, m, i, best);
      swap(v, n, i, best);
      if (s[i] > 1e-140) {
        for (int k = 0; k < m; k++) {
          u[i * m + k] /= s[i];
        }
      } else {
        s[i] = 0;
        complete(u, i, m);
      }
      s[i] *= scale;
    }
  }

  /// Makes the largest element of every left vector positive; vectors are the rows of both.
  public static void fixSigns(double[] u, int m, double[] v, int n, int count) {
    for (int i = 0; i < count; i++) {
      if (isNegative(u, i * m, m)) {
        negate(u, i * m, m);
        negate(v, i * n, n);
      }
    }
  }

  private static double tangent(double tau) {
    return tau >= 0 ? 1 / (tau + Math.hypot(1, tau)) : -1 / (-tau + Math.hypot(1, tau));
  }

  private static void similar(double[] a, int n, int p, int q, double c, double s) {
    for (int k = 0; k < n; k++) {
      double x = a[k * n + p];
      double y = a[k * n + q];
      a[k * n + p] = c * x - s * y;
      a[k * n + q] = s * x + c * y;
    }
    rotate(a, n, p, q, c, s);
    a[p * n + q] = 0;
    a[q * n + p] = 0;
  }

  private static void rotate(double[] x, int n, int p, int q, double c, double s) {
    int i = p * n;
    int j = q * n;
    for (int k = 0; k < n; k++) {
      double a = x[i + k];
      double b = x[j + k];
      x[i + k] = c * a - s * b;
      x[j + k] = s * a + c * b;
    }
  }

  /// A unit vector orthogonal to the rows before: the first unit axis that is not nearly in them.
  private static void complete(double[] u, int row, int m) {
    for (int axis = 0; axis < m; axis++) {
      Arrays.fill(u, row * m, (row + 1) * m, 0);
      u[row * m + axis] = 1;
      for (int twice = 0; twice < 2; twice++) {
        for (int j = 0; j < row; j++) {
          double along = dot(u, row * m, j * m, m);
          for (int k = 0; k < m; k++) {
            u[row * m + k] -= along * u[j * m + k];
          }
        }
      }
      double square = dot(u, row * m, row * m, m);
      if (square >= 0.5 / m) {
        double norm = Math.sqrt(square);
        for (int k = 0; k < m; k++) {
          u[row * m + k] /= norm;
        }
        return;
      }
    }
  }

  private static double dot(double[] x, int i, int j, int n) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += x[i + k] * x[j + k];
    }
    return sum;
  }

  private static void swap(double[] x, int n, int i, int j) {
    for (int k = 0; k < n && i != j; k++) {
      double held = x[i * n + k];
      x[i * n + k] = x[j * n + k];
      x[j * n + k] = held;
    }
  }

  private static boolean isNegative(double[] x, int from, int n) {
    double best = 0;
    for (int k = from; k < from + n; k++) {
      best = Math.abs(x[k]) > Math.abs(best) ? x[k] : best;
    }
    return best < 0;
  }

  private static void negate(double[] x, int from, int n) {
    for (int k = from; k < from + n; k++) {
      x[k] = -x[k];
    }
  }

  private static double largest(double[] a, int size) {
    double most = 0;
    for (int i = 0; i < size; i++) {
      most = Math.max(most, Math.abs(a[i]));
    }
    return most;
  }

  private static void checkFinite(String name, double[] a, int size) {
    for (int i = 0; i < size; i++) {
      if (!Double.isFinite(a[i])) {
        throw new Unfit(name + " needs finite numbers, got " + a[i]);
      }
    }
  }

  private static void checkSweeps(String name, int sweep) {
    if (sweep == SWEEPS) {
      throw new Unfit(
          name + " needs at most " + SWEEPS + " sweeps, got a matrix that does not converge");
    }
  }
}
