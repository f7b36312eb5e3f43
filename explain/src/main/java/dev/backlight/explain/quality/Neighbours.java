package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The points around x with their explanations, from which robustness is measured.
final class Neighbours {
  /// An example moved.
  ///
  /// @param point which of the points
  /// @param example its place in the batch
  /// @param x its input there
  /// @param scores of it
  record There(int point, int example, double[] x, double[] scores) {}

  /// A number for a pair.
  interface Of {
    double pair(double[] here, There there);
  }

  /// The numbers of all points, as `[point][example]`.
  record Each(double[][] values) {
    /// The largest for every example; `NaN` if all are.
    double[] most() {
      double[] most = new double[values[0].length];
      Arrays.fill(most, Double.NaN);
      for (double[] point : values) {
        for (int i = 0; i < most.length; i++) {
          most[i] = Double.isNaN(most[i]) || point[i] > most[i] ? point[i] : most[i];
        }
      }
      return most;
    }

    /// The mean for every example.
    double[] mean() {
      double[] mean = new double[values[0].length];
      for (double[] point : values) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += point[i] / values.length;
        }
      }
      return mean;
    }
  }

  private final double[][] here;
  private final List<Tensor> moved = new ArrayList<>();
  private final List<double[][]> scores = new ArrayList<>();

  private Neighbours(double[][] here) {
    this.here = here;
  }

  static Neighbours of(Explained explained, Perturbations perturbation, Key key) {
    Neighbours all = new Neighbours(explained.scores());
    for (Perturbations.Move move : perturbation.around(explained.x(), key)) {
      Tensor there = explained.x().sub(move.by());
      all.moved.add(there);
      all.scores.add(explained.scoresAt(there));
    }
    return all;
  }

  /// The moved batches.
  List<Tensor> moved() {
    return moved;
  }

  /// A number for every point and example.
  Each each(Of f) {
    double[][] values = new double[moved.size()][here.length];
    for (int k = 0; k < values.length; k++) {
      double[][] rows = Rows.of(moved.get(k));
      for (int i = 0; i < here.length; i++) {
        values[k][i] = f.pair(here[i], new There(k, i, rows[i], scores.get(k)[i]));
      }
    }
    return new Each(values);
  }
}
