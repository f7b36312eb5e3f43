package dev.backlight.core.kernel;

/// Brings groups of elements to mean 0 and variance 1.
public final class FloatStandardize {
  private static final Pool<FloatStandardize> POOL = new Pool<>();

  private static final int[] ROW = {0};

  // Rows that are looked at before the first of them is changed: they stay in the first cache.
  private static final int SEVERAL = 4;

  private final double[] sums = new double[2];
  private final FloatSums memory = FloatSums.fresh();
  private final double[] found = new double[3 * SEVERAL];
  private float guess;
  private double off;

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
      float[] x,
      int xo,
      int rows,
      int cols,
      double eps,
      float[] y,
      int yo,
      float[] scales,
      int so) {
    FloatStandardize loops = take();
    for (int r = 0; r < rows; r += SEVERAL) {
      int n = Math.min(SEVERAL, rows - r);
      loops.some(x, xo + r * cols, n, cols, eps, y, yo + r * cols, scales, so + r);
    }
    POOL.give(loops);
  }

  /// Finds out what brings rows to mean 0 and variance 1, and leaves it to somebody else to do it:
  /// `y = ((x − guess) − off) · scale`, three `numbers` for each row, besides its scale.
  ///
  /// A row that has to be gathered in doubles is done at once, and the third of its numbers is 0.
  public static void find(
      float[] x,
      int xo,
      int rows,
      int cols,
      double eps,
      float[] y,
      int yo,
      float[] scales,
      int so,
      double[] numbers) {
    FloatStandardize loops = take();
    loops.findAll(x, xo, rows, cols, eps, y, yo, scales, so, numbers);
    POOL.give(loops);
  }

  @SuppressWarnings("cast") // in the double copy
  private void findAll(
      float[] x,
      int xo,
      int rows,
      int cols,
      double eps,
      float[] y,
      int yo,
      float[] scales,
      int so,
      double[] numbers) {
    FloatScalarLoops loops = (FloatScalarLoops) FloatLoops.current();
    for (int r = 0; r < rows; r++) {
      int at = r * cols;
      double scale = cols < LONG ? -1 : scale(loops, x, xo + at, ROW, cols, cols, eps);
      numbers[3 * r] = guess;
      numbers[3 * r + 1] = (float) off;
      numbers[3 * r + 2] = scale > 0 ? (float) scale : 0;
      if (!(scale > 0)) {
        scale = gathered(x, xo + at, ROW, cols, cols, eps, y, yo + at);
      }
      scales[so + r] = (float) scale;
    }
  }

  /// First all that is found out about each of some rows, then what it does to them: the long way
  /// from the sums of a row to its scale is gone while the next row is read.
  @SuppressWarnings("cast") // in the double copy
  private void some(
      float[] x,
      int xo,
      int rows,
      int cols,
      double eps,
      float[] y,
      int yo,
      float[] scales,
      int so) {
    findAll(x, xo, rows, cols, eps, y, yo, scales, so, found);
    FloatScalarLoops loops = (FloatScalarLoops) FloatLoops.current();
    for (int r = 0; r < rows; r++) {
      float guess = (float) found[3 * r];
      float off = (float) found[3 * r + 1];
      float scale = (float) found[3 * r + 2];
      if (scale > 0) {
        loops.stretch(x, xo + r * cols, guess, off, scale, y, yo + r * cols, cols);
      }
    }
  }

  private static FloatStandardize take() {
    FloatStandardize known = POOL.take();
    return known == null ? new FloatStandardize() : known;
  }

  @SuppressWarnings("cast") // in the double copy
  private double standardize(
      float[] x, int from, int[] runs, int length, int count, double eps, float[] y, int to) {
    if (length >= LONG) {
      FloatScalarLoops loops = (FloatScalarLoops) FloatLoops.current();
      double scale = scale(loops, x, from, runs, length, count, eps);
      if (scale > 0) {
        for (int run : runs) {
          loops.stretch(x, from + run, guess, (float) off, (float) scale, y, to + run, length);
        }
        return scale;
      }
    }
    return gathered(x, from, runs, length, count, eps, y, to);
  }

  /// The scale, or -1 if the group has to be gathered in doubles; leaves a guess of the mean and
  /// how far off it is.
  @SuppressWarnings("cast") // in the double copy
  private double scale(
      FloatScalarLoops loops, float[] x, int from, int[] runs, int length, int count, double eps) {
    // The mean of a few is near that of all, unless it is not.
    guess = few(x, from + runs[0], length);
    off = moments(loops, x, from, runs, length, count, guess);
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
    return 1 / Math.sqrt(Math.max(0, squares) / count + eps);
  }

  private static float few(float[] x, int from, int length) {
    int step = length / 4;
    return 0.25f * (x[from] + x[from + step] + (x[from + 2 * step] + x[from + 3 * step]));
  }

  /// How far the mean is from a guess; the sums about the guess.
  private double moments(
      FloatScalarLoops loops, float[] x, int from, int[] runs, int length, int count, float guess) {
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
