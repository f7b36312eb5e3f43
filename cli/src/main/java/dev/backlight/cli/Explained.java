package dev.backlight.cli;

import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.nn.Classifier;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The explained rows of a table: what all formats of a result are written from.
///
/// @param model that answered
/// @param data where the rows are from
/// @param method that explained
/// @param baseline by its option: `zeros` or `mean`
/// @param x the rows' features as they stand in the table, (n, d)
/// @param predicted the answer to every row, places among the classes
/// @param targets the class explained for every row
/// @param labels the truth about every row, if the table has it
/// @param attribution of the rows, features measured from the baseline in standard deviations
record Explained(
    Classifier model,
    String data,
    Method method,
    String baseline,
    Tensor x,
    int[] predicted,
    int[] targets,
    int @Nullable [] labels,
    Attribution attribution) {

  int rows() {
    return predicted.length;
  }

  /// The column that the classes are values of; empty if the model does not tell.
  String column() {
    return model.facts().getOrDefault("target", "");
  }

  List<String> features() {
    return model.features();
  }

  String predictedClass(int row) {
    return model.classes().get(predicted[row]);
  }

  String targetClass(int row) {
    return model.classes().get(targets[row]);
  }

  double output(int row) {
    return attribution.output().at(row);
  }

  /// The explained scalar at the baseline.
  double start(int row) {
    return output(row) - attribution.explained().at(row);
  }

  /// What the scores leave unexplained of `f(x) − f(baseline)`; NaN where they are slopes.
  double residual(int row) {
    return method.measuresShares() ? attribution.residual().at(row) : Double.NaN;
  }

  double largestResidual() {
    double largest = 0;
    for (int row = 0; row < rows(); row++) {
      largest = Math.max(largest, Math.abs(residual(row)));
    }
    return largest;
  }

  double[][] scores() {
    return matrix(attribution.scores());
  }

  double[][] values() {
    return matrix(x);
  }

  String unit() {
    return method.unit("logit", "standard deviation");
  }

  /// How many rows were answered rightly, if the truth is known.
  @Nullable Integer right() {
    if (labels == null) {
      return null;
    }
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += labels[i] == predicted[i] ? 1 : 0;
    }
    return right;
  }

  private static double[][] matrix(Tensor rows) {
    double[] all = rows.toDoubles();
    int width = rows.size(1);
    double[][] matrix = new double[rows.size(0)][];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = Arrays.copyOfRange(all, i * width, (i + 1) * width);
    }
    return matrix;
  }
}
