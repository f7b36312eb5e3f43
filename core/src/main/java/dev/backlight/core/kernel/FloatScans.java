package dev.backlight.core.kernel;

/// Loops whose steps depend on the one before: along an axis of `n` elements, for `inner` lines
/// side by side, `outer` times.
public final class FloatScans {
  private FloatScans() {}

  /// Running sums.
  public static void sum(float[] x, float[] y, int outer, int n, int inner, boolean reverse) {
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < n; k++) {
        int to = place(o, k, n, inner, reverse);
        int before = reverse ? to + inner : to - inner;
        for (int i = 0; i < inner; i++) {
          y[to + i] = k == 0 ? x[to + i] : y[before + i] + x[to + i];
        }
      }
    }
  }

  /// `y[k] = a[k] · y[k − 1] + b[k]`, from `y[0] = b[0]`.
  public static void recurrence(
      float[] a, float[] b, float[] y, int outer, int n, int inner, boolean reverse) {
    for (int o = 0; o < outer; o++) {
      for (int k = 0; k < n; k++) {
        int to = place(o, k, n, inner, reverse);
        int before = reverse ? to + inner : to - inner;
        for (int i = 0; i < inner; i++) {
          y[to + i] = k == 0 ? b[to + i] : a[to + i] * y[before + i] + b[to + i];
        }
      }
    }
  }

  /// Running logarithms of sums of exponentials.
  @SuppressWarnings("cast") // in the double copy
  public static void logSumExp(float[] x, float[] y, int outer, int n, int inner) {
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < inner; i++) {
        int from = o * n * inner + i;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0; // of exponentials, over that of max
        for (int k = 0; k < n; k++) {
          double value = x[from + k * inner];
          if (Double.isInfinite(value) || Double.isInfinite(max)) {
            sum = value == max ? sum + 1 : value > max ? 1 : sum;
            max = Math.max(max, value);
          } else if (value > max) {
            sum = sum * StrictMath.exp(max - value) + 1;
            max = value;
          } else {
            sum += StrictMath.exp(value - max);
          }
          y[from + k * inner] = (float) (Double.isInfinite(max) ? max : max + StrictMath.log(sum));
        }
      }
    }
  }

  private static int place(int o, int k, int n, int inner, boolean reverse) {
    return (o * n + (reverse ? n - 1 - k : k)) * inner;
  }
}
