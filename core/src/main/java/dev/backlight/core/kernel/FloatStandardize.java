package dev.backlight.core.kernel;

/// Brings groups of elements to mean 0 and variance 1.
public final class FloatStandardize {
  private FloatStandardize() {}

  // Runs from this length on are worth the loops of sums.
  private static final int LONG = 32;

  // Sums of squares between these have lost nothing to the ends of the range.
  private static final float LEAST = 1e-20f;
  private static final float MOST = 1e30f;

  /// Standardises one group and answers its scale `1 / √(variance + eps)`.
  ///
  /// Long runs are shifted by a first guess of the mean, which leaves small numbers whose sum
  /// corrects mean and variance; where those come near the ends of the range, and for short runs,
  /// sums are gathered in doubles. The group of `count` elements lies in runs of `length`, at
  /// `from` plus each of `runs`; `y` has the same places as `x`.
  public static double group(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y) {
    if (length >= LONG) {
      double scale = shifted(x, from, runs, length, count, eps, y);
      if (scale > 0) {
        return scale;
      }
    }
    return gathered(x, from, runs, length, count, eps, y);
  }

  /// The scale, or -1 if the group has to be gathered in doubles.
  @SuppressWarnings("cast") // in the double copy
  private static double shifted(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y) {
    FloatLoops loops = FloatLoops.current();
    double sum = 0;
    for (int run : runs) {
      sum += loops.sum(x, from + run, length);
    }
    float guess = (float) (sum / count);
    double rest = 0;
    double squares = 0;
    for (int run : runs) {
      subtract(x, guess, y, from + run, from + run + length);
      rest += loops.sum(y, from + run, length);
      squares += loops.dot(y, from + run, y, from + run, length);
    }
    if (!(squares > LEAST && squares < MOST)) {
      return -1;
    }
    double off = rest / count;
    double scale = 1 / Math.sqrt(Math.max(0, squares - rest * off) / count + eps);
    for (int run : runs) {
      stretch(y, (float) off, (float) scale, from + run, from + run + length);
    }
    return scale;
  }

  private static void subtract(float[] x, float k, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] - k;
    }
  }

  private static void stretch(float[] y, float off, float scale, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = (y[i] - off) * scale;
    }
  }

  @SuppressWarnings("cast") // in the double copy
  private static double gathered(
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
