package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Softmax and log-sum-exp of rows, one short loop per pass: the largest, the exponentials with
/// their sum, the quotients. The passes of a row run in the first cache.
final class SoftmaxF32 {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private SoftmaxF32() {}

  static void softmaxRows(float[] x, int xo, int rows, int cols, float[] y, int yo) {
    FloatSums memory = FloatSums.take();
    if (cols < 2 * L) {
      shortRows(x, xo, rows, cols, y, yo, memory.accumulators);
    } else {
      for (int at = 0; at < rows * cols; at += cols) {
        float peak = FloatReductions.peak(x, xo + at, cols);
        scale(y, yo + at, cols, 1f / expSum(x, xo + at, peak, y, yo + at, cols, memory));
      }
    }
    FloatSums.give(memory);
  }

  private static float expSum(
      float[] x, int from, float peak, float[] y, int to, int n, FloatSums memory) {
    if (n <= FloatScalarReductions.CHUNK) {
      return TranscendentalLoopsF32.expSum(x, from, peak, y, to, n, memory);
    }
    double total = 0;
    for (int i = 0; i < n; i += FloatScalarReductions.CHUNK) {
      int count = Math.min(FloatScalarReductions.CHUNK, n - i);
      total += TranscendentalLoopsF32.expSum(x, from + i, peak, y, to + i, count, memory);
    }
    return (float) total;
  }

  /// Rows that would be mostly remainder take their exponentials all at once.
  private static void shortRows(
      float[] x, int xo, int rows, int cols, float[] y, int yo, float[] accumulators) {
    int n = rows * cols;
    for (int at = 0; at < n; at += cols) {
      float peak = FloatScalarReductions.peak(x, xo + at, cols);
      for (int i = at; i < at + cols; i++) {
        y[yo + i] = x[xo + i] - peak;
      }
    }
    TranscendentalLoopsF32.exp(y, yo, y, yo, n);
    for (int from = yo; from < yo + n; from += cols) {
      float k = 1f / FloatScalarReductions.sum(y, from, cols, accumulators);
      for (int i = from; i < from + cols; i++) {
        y[i] *= k;
      }
    }
  }

  private static void scale(float[] y, int from, int n, float k) {
    int end = from + S.loopBound(n);
    for (int i = from; i < end; i += L) {
      FloatVector.fromArray(S, y, i).mul(k).intoArray(y, i);
    }
    for (int i = end; i < from + n; i++) {
      y[i] *= k;
    }
  }

  static void logSumExpRows(float[] x, int xo, int rows, int cols, float[] out, int to) {
    FloatSums memory = FloatSums.take();
    float[] chunk = memory.chunk;
    for (int r = 0; r < rows; r++) {
      int from = xo + r * cols;
      float peak = FloatReductions.peak(x, from, cols);
      if (Float.isInfinite(peak)) {
        out[to + r] = FloatScalarReductions.degenerateLogSumExp(x, from, cols, peak);
        continue;
      }
      float sum = 0f;
      for (int i = 0; i < cols; i += chunk.length) {
        int n = Math.min(chunk.length, cols - i);
        sum += TranscendentalLoopsF32.expSum(x, from + i, peak, chunk, 0, n, memory);
      }
      out[to + r] = peak + TranscendentalsF32.log(sum);
    }
    FloatSums.give(memory);
  }
}
