package dev.backlight.core.kernel;

/// Brings groups of elements to mean 0 and variance 1.
public final class FloatStandardize {
  private static final Pool<FloatStandardize> POOL = new Pool<>();

  private final double[] sums = new double[2];

  private FloatStandardize() {}

  // Runs from this length on are worth the loops of sums.
  private static final int LONG = 32;

  // Sums of squares between these have lost nothing to the ends of the range.
  private static final float LEAST = 1e-20f;
  private static final float MOST = 1e30f;

  // A guess of the mean that is further off than so many standard deviations, squared, is improved.
  private static final double FAR = 4;

  /// Standardises one group and answers its scale `1 / √(variance + eps)`.
  ///
  /// Long runs are shifted by a guess of the mean, which leaves small numbers whose sums give mean
  /// and variance in one pass; where those come near the ends of the range, and for short runs,
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
    FloatStandardize memory = POOL.take();
    memory = memory == null ? new FloatStandardize() : memory;
    double[] sums = memory.sums;
    // The mean of a few is near that of all, unless it is not.
    float guess = few(x, from + runs[0], length);
    double off = moments(x, from, runs, length, count, guess, sums);
    double squares = sums[1] - sums[0] * off;
    if (off * off * count > FAR * squares && Math.abs(off) < MOST) {
      guess += (float) off;
      off = moments(x, from, runs, length, count, guess, sums);
      squares = sums[1] - sums[0] * off;
    }
    boolean fits = sums[1] > LEAST && sums[1] < MOST;
    POOL.give(memory);
    if (!fits) {
      return -1;
    }
    double scale = 1 / Math.sqrt(Math.max(0, squares) / count + eps);
    for (int run : runs) {
      stretch(x, guess, (float) off, (float) scale, y, from + run, from + run + length);
    }
    return scale;
  }

  private static float few(float[] x, int from, int length) {
    int step = length / 4;
    return 0.25f * (x[from] + x[from + step] + (x[from + 2 * step] + x[from + 3 * step]));
  }

  /// How far the mean is from a guess; the sums about the guess.
  private static double moments(
      float[] x, int from, int[] runs, int length, int count, float guess, double[] sums) {
    FloatLoops loops = FloatLoops.current();
    sums[0] = 0;
    sums[1] = 0;
    for (int run : runs) {
      loops.moments(x, from + run, length, guess, sums);
    }
    return sums[0] / count;
  }

  private static void stretch(
      float[] x, float guess, float off, float scale, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = ((x[i] - guess) - off) * scale;
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
