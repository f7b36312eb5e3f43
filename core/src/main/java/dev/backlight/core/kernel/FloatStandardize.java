package dev.backlight.core.kernel;

/// Brings groups of elements to mean 0 and variance 1.
public final class FloatStandardize {
  private FloatStandardize() {}

  /// Standardises one group and answers its scale `1 / √(variance + eps)`, gathered in doubles.
  ///
  /// The group of `count` elements lies in runs of `length`, at `from` plus each of `runs`; `y` has
  /// the same places as `x`.
  @SuppressWarnings("cast") // in the double copy
  public static double group(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y) {
    double sum = 0;
    for (int run : runs) {
      for (int i = from + run; i < from + run + length; i++) {
        sum += x[i];
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (int run : runs) {
      for (int i = from + run; i < from + run + length; i++) {
        double apart = x[i] - mean;
        squares += apart * apart;
      }
    }
    double scale = 1 / Math.sqrt(squares / count + eps);
    for (int run : runs) {
      for (int i = from + run; i < from + run + length; i++) {
        y[i] = (float) ((x[i] - mean) * scale);
      }
    }
    return scale;
  }
}
