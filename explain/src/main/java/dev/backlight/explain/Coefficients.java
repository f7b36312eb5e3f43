package dev.backlight.explain;

import org.jspecify.annotations.Nullable;

/// Small systems of normal equations, in doubles.
final class Coefficients {
  private Coefficients() {}

  /// The inverse of a symmetric positive definite matrix, by Cholesky's factor; `null` if it is
  /// singular to working precision.
  static double @Nullable [][] inverse(double[][] a) {
    int p = a.length;
    double[][] l = new double[p][p];
    for (int j = 0; j < p; j++) {
      double pivot = a[j][j];
      for (int k = 0; k < j; k++) {
        pivot -= l[j][k] * l[j][k];
      }
      if (!(pivot > 1e-12 * a[j][j])) {
        return null;
      }
      l[j][j] = Math.sqrt(pivot);
      for (int i = j + 1; i < p; i++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= l[i][k] * l[j][k];
        }
        l[i][j] = sum / l[j][j];
      }
    }
    double[][] inverse = new double[p][p];
    for (int c = 0; c < p; c++) {
      double[] y = new double[p];
      for (int i = c; i < p; i++) {
        double sum = i == c ? 1 : 0;
        for (int k = c; k < i; k++) {
          sum -= l[i][k] * y[k];
        }
        y[i] = sum / l[i][i];
      }
      for (int i = p - 1; i >= 0; i--) {
        double sum = y[i];
        for (int k = i + 1; k < p; k++) {
          sum -= l[k][i] * inverse[k][c];
        }
        inverse[i][c] = sum / l[i][i];
      }
    }
    return inverse;
  }
}
