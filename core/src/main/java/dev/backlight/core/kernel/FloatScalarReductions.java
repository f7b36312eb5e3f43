package dev.backlight.core.kernel;

import java.util.Arrays;

/// Sums and inner products in plain Java, and the definition of their order.
///
/// There are [#WIDTH] accumulators; element i of the whole blocks belongs to accumulator `i mod
/// WIDTH`. The elements after the last whole block go first, then the blocks in order, and at last
/// the accumulators are folded: upper half onto lower half until one is left. (The remainder first,
/// because then a vector loop starts from what it left and folds in registers, without masks.)
///
/// So it goes for up to [#CHUNK] elements. Longer rows are summed chunk by chunk, and the sums of
/// the chunks are added in doubles: ten million times 0.1f comes out 1,000,000.0 instead of
/// 1,001,498.6.
final class FloatScalarReductions {
  /// Accumulators of a sum: 2048 bits, four of the widest vectors, which is what hides the latency
  /// of an addition on the widest machine; narrower vectors only take more of them.
  static final int WIDTH = 2048 / Float.SIZE;

  /// Elements that are summed at a time.
  static final int CHUNK = 4096;

  private FloatScalarReductions() {}

  @SuppressWarnings("cast") // in the double copy
  static float sum(float[] x, int from, int n, float[] accumulators) {
    if (n <= CHUNK) {
      return sumOfChunk(x, from, n, accumulators);
    }
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      total += sumOfChunk(x, from + i, Math.min(CHUNK, n - i), accumulators);
    }
    return (float) total;
  }

  private static float sumOfChunk(float[] x, int from, int n, float[] accumulators) {
    int remainder = startSum(x, from, n, accumulators);
    int end = from + n - remainder;
    for (int i = from; i < end; i += WIDTH) {
      for (int j = 0; j < WIDTH; j++) {
        accumulators[j] += x[i + j];
      }
    }
    return fold(accumulators, n < WIDTH ? n : WIDTH);
  }

  /// The sum of numbers that are not negative, in chunks too, in which each element goes to the
  /// accumulator whose turn it is: no remainder comes first. What softmax divides by.
  @SuppressWarnings("cast") // in the double copy
  static float sumInTurn(float[] x, int from, int n, float[] accumulators) {
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      int count = Math.min(CHUNK, n - i);
      Arrays.fill(accumulators, 0f);
      for (int j = 0; j < count; j++) {
        accumulators[j % WIDTH] += x[from + i + j];
      }
      total += fold(accumulators, WIDTH);
    }
    return (float) total;
  }

  @SuppressWarnings("cast") // in the double copy
  static float dot(float[] x, int xo, float[] y, int yo, int n, float[] accumulators) {
    if (n <= CHUNK) {
      return dotOfChunk(x, xo, y, yo, n, accumulators);
    }
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      total += dotOfChunk(x, xo + i, y, yo + i, Math.min(CHUNK, n - i), accumulators);
    }
    return (float) total;
  }

  private static float dotOfChunk(
      float[] x, int xo, float[] y, int yo, int n, float[] accumulators) {
    int remainder = startDot(x, xo, y, yo, n, accumulators);
    int end = n - remainder;
    for (int i = 0; i < end; i += WIDTH) {
      for (int j = 0; j < WIDTH; j++) {
        accumulators[j] = Math.fma(x[xo + i + j], y[yo + i + j], accumulators[j]);
      }
    }
    return fold(accumulators, n < WIDTH ? n : WIDTH);
  }

  /// Adds `Σ (x − shift)` and `Σ (x − shift)²` to two sums, chunk by chunk in the order of [#sum]
  /// and [#dot].
  static void moments(float[] x, int from, int n, float shift, FloatSums memory, double[] sums) {
    for (int i = 0; i < n; i += CHUNK) {
      int count = Math.min(CHUNK, n - i);
      int end = from + i + count - startMoments(x, from + i, count, shift, memory);
      for (int at = from + i; at < end; at += WIDTH) {
        for (int j = 0; j < WIDTH; j++) {
          float d = x[at + j] - shift;
          memory.accumulators[j] += d;
          memory.tail[j] = Math.fma(d, d, memory.tail[j]);
        }
      }
      sums[0] += fold(memory.accumulators, WIDTH);
      sums[1] += fold(memory.tail, WIDTH);
    }
  }

  /// As [#startSum], for both sums.
  static int startMoments(float[] x, int from, int n, float shift, FloatSums memory) {
    int remainder = n % WIDTH;
    int tail = from + n - remainder;
    for (int j = 0; j < remainder; j++) {
      float d = x[tail + j] - shift;
      memory.accumulators[j] = d + 0f;
      memory.tail[j] = d * d;
    }
    Arrays.fill(memory.accumulators, remainder, WIDTH, 0f);
    Arrays.fill(memory.tail, remainder, WIDTH, 0f);
    return remainder;
  }

  /// Puts the elements after the last whole block into the accumulators, and says how many they
  /// were.
  static int startSum(float[] x, int from, int n, float[] accumulators) {
    int remainder = n % WIDTH;
    int tail = from + n - remainder;
    for (int j = 0; j < remainder; j++) {
      accumulators[j] = x[tail + j] + 0f;
    }
    clear(accumulators, remainder, n);
    return remainder;
  }

  /// As [#startSum], with products.
  static int startDot(float[] x, int xo, float[] y, int yo, int n, float[] accumulators) {
    int remainder = n % WIDTH;
    int tail = n - remainder;
    for (int j = 0; j < remainder; j++) {
      accumulators[j] = Math.fma(x[xo + tail + j], y[yo + tail + j], 0f);
    }
    clear(accumulators, remainder, n);
    return remainder;
  }

  private static void clear(float[] accumulators, int from, int n) {
    if (n >= WIDTH) {
      for (int j = from; j < WIDTH; j++) {
        accumulators[j] = 0f;
      }
    }
  }

  /// Adds the upper half onto the lower half until one is left, of which the first `count` are in
  /// use. To skip the unused ones is not to change the sum: they would be 0, and no accumulator is
  /// ever -0.
  static float fold(float[] accumulators, int count) {
    if (count == 0) {
      return 0f;
    }
    int used = count;
    for (int half = WIDTH / 2; half > 0; half /= 2) {
      for (int j = half; j < used; j++) {
        accumulators[j - half] += accumulators[j];
      }
      used = Math.min(used, half);
    }
    return accumulators[0];
  }

  static float max(float[] x, int from, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + n; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  /// The largest, passing over NaN: what softmax and log-sum-exp shift by.
  static float peak(float[] x, int from, int n) {
    float peak = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + n; i++) {
      peak = x[i] > peak ? x[i] : peak;
    }
    return peak;
  }

  /// `y[yo+i] = exp(x[xo+i] − shift)`.
  static void expShifted(float[] x, int xo, float shift, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = TranscendentalsF32.exp(x[xo + i] - shift);
    }
  }

  /// The log-sum-exp of a row without a finite maximum.
  static float degenerateLogSumExp(float[] x, int from, int n, float peak) {
    for (int i = from; i < from + n; i++) {
      if (Float.isNaN(x[i])) {
        return Float.NaN;
      }
    }
    return peak;
  }
}
