package dev.backlight.explain.quality;

import dev.backlight.core.Tensor;
import java.util.Arrays;

/// A batch as rows of doubles.
final class Rows {
  private Rows() {}

  /// Every example of (n, …) in row-major order.
  static double[][] of(Tensor batch) {
    int n = batch.size(0);
    double[] all = batch.toDoubles();
    int d = all.length / Math.max(1, n);
    double[][] rows = new double[n][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * d, (i + 1) * d));
    return rows;
  }

  /// The Euclidean norm.
  static double norm(double... row) {
    double squares = 0;
    for (double v : row) {
      squares += v * v;
    }
    return Math.sqrt(squares);
  }

  /// One row less another.
  static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    Arrays.setAll(difference, j -> a[j] - b[j]);
    return difference;
  }

  /// How far a row moved, relative to where it was; nothing is no part of nothing.
  static double moved(double[] from, double[] to) {
    double moved = norm(minus(to, from));
    return moved == 0 ? 0 : moved / norm(from);
  }

  /// The largest magnitude.
  static double reach(double... row) {
    double reach = 0;
    for (double v : row) {
      reach = Math.max(reach, Math.abs(v));
    }
    return reach;
  }

  /// The place of every example's greatest output, or the sign of its only one.
  static int[] classes(Tensor outputs) {
    return Arrays.stream(of(outputs))
        .mapToInt(row -> row.length == 1 ? (row[0] > 0 ? 1 : 0) : Ranks.descending(row)[0])
        .toArray();
  }
}
