package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.Locale;

/// How the explained scalar moves while features are taken away or put back, one line for every
/// example.
///
/// @param metric which way: `deletion` or `insertion`
/// @param method whose order of the features it was
/// @param fractions what part of the features has been changed at each point, (k) of `F64`, from 0
///   to 1
/// @param values the scalar of every example at each point, (n, k)
public record Curve(String metric, String method, Tensor fractions, Tensor values) {
  /// The area under the line of every example, by the trapezoidal rule over the fractions.
  public double[] areas() {
    double[] at = fractions.toDoubles();
    double[] all = values.toDoubles();
    int points = at.length;
    double[] areas = new double[values.size(0)];
    for (int i = 0; i < areas.length; i++) {
      for (int k = 1; k < points; k++) {
        double height = (all[i * points + k - 1] + all[i * points + k]) / 2;
        areas[i] += (at[k] - at[k - 1]) * height;
      }
    }
    return areas;
  }

  /// The mean area over the examples.
  public double area() {
    return Arrays.stream(areas()).average().orElse(Double.NaN);
  }

  /// The mean line over the examples.
  public double[] mean() {
    return values.mean(0).toDoubles();
  }

  /// As in `deletion by saliency: mean area 0.81 over 3 examples`.
  @Override
  public String toString() {
    int n = values.size(0);
    return String.format(
        Locale.ROOT,
        "%s by %s: mean area %.4g over %d example%s",
        metric,
        method,
        area(),
        n,
        n == 1 ? "" : "s");
  }
}
