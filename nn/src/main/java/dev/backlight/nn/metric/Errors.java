package dev.backlight.nn.metric;

import dev.backlight.core.Tensor;
import java.util.Arrays;

/// How far predicted numbers are from actual ones, over all elements.
public final class Errors {
  private Errors() {}

  /// The mean absolute error.
  public static double mae(Tensor actual, Tensor predicted) {
    Checks.same("mae", actual, predicted);
    double[] a = actual.toDoubles();
    double[] p = predicted.toDoubles();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - p[i]);
    }
    return sum / a.length;
  }

  /// The root of the mean squared error.
  public static double rmse(Tensor actual, Tensor predicted) {
    Checks.same("rmse", actual, predicted);
    return Math.sqrt(squares(actual.toDoubles(), predicted.toDoubles()) / actual.elements());
  }

  /// The coefficient of determination: `1 − Σ(a − p)² / Σ(a − mean a)²`. If all actual numbers are
  /// equal it is 1 for exact predictions and 0 for others, as in scikit-learn.
  public static double r2(Tensor actual, Tensor predicted) {
    Checks.same("r2", actual, predicted);
    double[] a = actual.toDoubles();
    // From the first on, so that equal numbers have exactly their own mean.
    double mean = a[0];
    for (double v : a) {
      mean += (v - a[0]) / a.length;
    }
    double[] middle = new double[a.length];
    Arrays.fill(middle, mean);
    double rest = squares(a, predicted.toDoubles());
    double spread = squares(a, middle);
    return spread != 0 ? 1 - rest / spread : rest == 0 ? 1 : 0;
  }

  private static double squares(double[] a, double[] p) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - p[i]) * (a[i] - p[i]);
    }
    return sum;
  }
}
