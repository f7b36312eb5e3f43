package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Softmax and log-sum-exp of rows, one short loop per pass: a copy and the largest, the
/// exponentials with their sum, the quotients.
///
/// The passes of a row run on the copy, which lies at whole vectors in the first cache and is
/// filled up with what adds nothing to the sum: no pass but the first and the last has a remainder.
final class SoftmaxF32 {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();
  private static final int CHUNK = FloatScalarReductions.CHUNK;

  private SoftmaxF32() {}

  static void softmaxRows(float[] x, int xo, int rows, int cols, float[] y, int yo) {
    FloatSums memory = FloatSums.take();
    if (cols < 2 * L) {
      shortRows(x, xo, rows, cols, y, yo, memory.accumulators);
    } else if (cols <= CHUNK) {
      for (int at = 0; at < rows * cols; at += cols) {
        float peak = copy(x, xo + at, cols, memory.chunk);
        float sum = TranscendentalLoopsF32.expSum(peak, cols, memory);
        scale(memory.chunk, 0, y, yo + at, cols, 1f / sum);
      }
    } else {
      for (int at = 0; at < rows * cols; at += cols) {
        longRow(x, xo + at, cols, y, yo + at, memory);
      }
    }
    FloatSums.give(memory);
  }

  private static void longRow(float[] x, int from, int n, float[] y, int to, FloatSums memory) {
    float peak = FloatReductions.peak(x, from, n);
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      int count = Math.min(CHUNK, n - i);
      copy(x, from + i, count, memory.chunk);
      total += TranscendentalLoopsF32.expSum(peak, count, memory);
      System.arraycopy(memory.chunk, 0, y, to + i, count);
    }
    scale(y, to, y, to, n, 1f / (float) total);
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
      float k = 1f / FloatScalarReductions.sumInTurn(y, from, cols, accumulators);
      for (int i = from; i < from + cols; i++) {
        y[i] *= k;
      }
    }
  }

  /// Copies a row, fills the last vector up with -∞ and answers the largest, passing over NaN.
  private static float copy(float[] x, int from, int n, float[] to) {
    int end = S.loopBound(n);
    FloatVector m = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m;
    if (end < n) {
      m.intoArray(to, end);
    }
    int i = 0;
    for (int pairs = end - L; i < pairs; i += 2 * L) {
      FloatVector v = FloatVector.fromArray(S, x, from + i);
      v.intoArray(to, i);
      m = m.blend(v, v.compare(VectorOperators.GT, m));
      FloatVector v1 = FloatVector.fromArray(S, x, from + i + L);
      v1.intoArray(to, i + L);
      m1 = m1.blend(v1, v1.compare(VectorOperators.GT, m1));
    }
    for (; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, from + i);
      v.intoArray(to, i);
      m = m.blend(v, v.compare(VectorOperators.GT, m));
    }
    float peak = m.max(m1).reduceLanes(VectorOperators.MAX);
    for (; i < n; i++) {
      to[i] = x[from + i];
      peak = to[i] > peak ? to[i] : peak;
    }
    return peak;
  }

  private static void scale(float[] x, int from, float[] y, int to, int n, float k) {
    int end = S.loopBound(n);
    for (int i = 0; i < end; i += L) {
      FloatVector.fromArray(S, x, from + i).mul(k).intoArray(y, to + i);
    }
    for (int i = end; i < n; i++) {
      y[to + i] = x[from + i] * k;
    }
  }

  static void logSumExpRows(float[] x, int xo, int rows, int cols, float[] out, int to) {
    FloatSums memory = FloatSums.take();
    for (int r = 0; r < rows; r++) {
      int from = xo + r * cols;
      float peak = FloatReductions.peak(x, from, cols);
      if (Float.isInfinite(peak)) {
        out[to + r] = FloatScalarReductions.degenerateLogSumExp(x, from, cols, peak);
        continue;
      }
      float sum = 0f;
      for (int i = 0; i < cols; i += CHUNK) {
        int n = Math.min(CHUNK, cols - i);
        copy(x, from + i, n, memory.chunk);
        sum += TranscendentalLoopsF32.expSum(peak, n, memory);
      }
      out[to + r] = peak + TranscendentalsF32.log(sum);
    }
    FloatSums.give(memory);
  }
}
