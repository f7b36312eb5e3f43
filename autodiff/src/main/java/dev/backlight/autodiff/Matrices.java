package dev.backlight.autodiff;

import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.stream.IntStream;

/// What a diagnosis asks of two small matrices.
final class Matrices {
  private static final double TOLERANCE = 1e-7;

  private Matrices() {}

  static boolean near(double got, double want) {
    return Math.abs(got - want) <= TOLERANCE * Math.max(1, Math.abs(want));
  }

  /// Whether `got = factor · want`.
  static boolean near(double[][] got, double[][] want, double factor) {
    if (got.length != want.length || Double.isNaN(factor)) {
      return false;
    }
    for (int r = 0; r < got.length; r++) {
      if (!nearRow(got[r], want[r], factor)) {
        return false;
      }
    }
    return true;
  }

  private static boolean nearRow(double[] got, double[] want, double factor) {
    return got.length == want.length
        && IntStream.range(0, got.length).allMatch(c -> near(got[c], factor * want[c]));
  }

  static boolean nearColumn(double[][] got, double[][] want, int c, double factor) {
    return IntStream.range(0, got.length).allMatch(r -> near(got[r][c], factor * want[r][c]));
  }

  static boolean isZero(double[][] m) {
    return Arrays.stream(m).flatMapToDouble(Arrays::stream).allMatch(v -> v == 0);
  }

  static boolean isZeroRow(double[][] m, int r) {
    return Arrays.stream(m[r]).allMatch(v -> near(v, 0));
  }

  /// Whether it is square and zero off the diagonal.
  static boolean isDiagonal(double[][] m) {
    for (int r = 0; r < m.length; r++) {
      for (int c = 0; c < m[r].length; c++) {
        if (m[r].length != m.length || (r != c && !near(m[r][c], 0))) {
          return false;
        }
      }
    }
    return true;
  }

  static double[] diagonal(double[][] m) {
    return IntStream.range(0, m.length).mapToDouble(r -> m[r][r]).toArray();
  }

  static double[][] transposed(double[][] m) {
    return made(m[0].length, m.length, m, (r, c) -> c, (r, c) -> r);
  }

  /// The matrix with rows and columns of `m` chosen by index.
  static double[][] made(
      int rows, int columns, double[][] m, IntBinaryOperator row, IntBinaryOperator column) {
    double[][] made = new double[rows][columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        made[r][c] = m[row.applyAsInt(r, c)][column.applyAsInt(r, c)];
      }
    }
    return made;
  }

  /// The factor `f` for which `f · want` is nearest to `got`.
  static double factor(double[][] got, double[][] want) {
    double above = 0;
    double below = 0;
    for (int r = 0; r < got.length; r++) {
      for (int c = 0; c < got[r].length; c++) {
        above += got[r][c] * want[r][c];
        below += want[r][c] * want[r][c];
      }
    }
    return above / below;
  }
}
