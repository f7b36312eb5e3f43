package dev.backlight.core.kernel;

/// Brings groups of elements to mean 0 and variance 1.
public final class FloatStandardize {
  private static final Pool<FloatStandardize> POOL = new Pool<>();

  private static final int[] ROW = {0};

  private final double[] sums = new double[2];
  private final FloatSums memory = FloatSums.fresh();

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
    FloatStandardize loops = take();
    double scale = loops.standardize(x, from, runs, length, count, eps, y, from);
    POOL.give(loops);
    return scale;
  }

  /// Standardises rows that lie one after the other from `x[xo]` on, and writes their scales.
  @SuppressWarnings("cast") // in the double copy
  public static void rows(
      float[] x, int xo, int rows, int cols, double eps, float[] y, int yo, float[] scales, int so) {
    FloatStandardize loops = take();
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      scales[so + r] = (float) loops.standardize(x, xo + at, ROW, cols, cols, eps, y, yo + at);
    }
    POOL.give(loops);
  }

  private static FloatStandardize take() {
    FloatStandardize known = POOL.take();
    return known == null ? new FloatStandardize() : known;
  }

  private double standardize(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y, int to) {
    if (length >= LONG) {
      double scale = shifted(x, from, runs, length, count, eps, y, to);
      if (scale > 0) {
        return scale;
      }
    }
    return gathered(x, from, runs, length, count, eps, y, to);
  }

  /// The scale, or -1 if the group has to be gathered in doubles.
  @SuppressWarnings("cast") // in the double copy
  private double shifted(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y, int to) {
    FloatScalarLoops loops = (FloatScalarLoops) FloatLoops.current();
    // The mean of a few is near that of all, unless it is not.
    float guess = few(x, from + runs[0], length);
    double off = moments(loops, x, from, runs, length, count, guess);
    double squares = sums[1] - sums[0] * off;
    if (off * off * count > FAR * squares && Math.abs(off) < MOST) {
      guess += (float) off;
      off = moments(loops, x, from, runs, length, count, guess);
      squares = sums[1] - sums[0] * off;
    }
    boolean fits = sums[1] > LEAST && sums[1] < MOST;
    if (!fits) {
      return -1;
    }
    double scale = 1 / Math.sqrt(Math.max(0, squares) / count + eps);
    for (int run : runs) {
      loops.stretch(x, from + run, guess, (float) off, (float) scale, y, to + run, length);
    }
    return scale;
  }

  private static float few(float[] x, int from, int length) {
    int step = length / 4;
    return 0.25f * (x[from] + x[from + step] + (x[from + 2 * step] + x[from + 3 * step]));
  }

  /// How far the mean is from a guess; the sums about the guess.
  private double moments(
      FloatScalarLoops loops,
      float[] x,
      int from,
      int[] runs,
      int length,
      int count,
      float guess) {
    sums[0] = 0;
    sums[1] = 0;
    for (int run : runs) {
      loops.moments(x, from + run, length, guess, memory, sums);
    }
    return sums[0] / count;
  }

  @SuppressWarnings("cast") // in the double copy
  private static double gathered(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y, int to) {
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
      for (int i = run; i < run + length; i++) {
        y[to + i] = (float) ((x[from + i] - mean) * scale);
      }
    }
    return scale;
  }
}
