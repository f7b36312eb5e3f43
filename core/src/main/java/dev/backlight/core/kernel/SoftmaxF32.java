package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Softmax and log-sum-exp of rows, one short loop per pass: a copy and the largest, the
/// exponentials with their sum, the quotients.
///
/// The passes of a row run on the copy, which lies at whole vectors in the first cache and is
/// filled up with what adds nothing to the sum: no pass but the first and the last has a remainder.
/// Several rows go through each pass, since a pass begins with what the one before ends with.
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
      int some = Math.clamp(CHUNK / whole(cols), 1, FloatSums.SEVERAL);
      for (int r = 0; r < rows; r += some) {
        int at = r * cols;
        some(x, xo + at, Math.min(some, rows - r), cols, y, yo + at, memory);
      }
    } else {
      for (int at = 0; at < rows * cols; at += cols) {
        longRow(x, xo + at, cols, y, yo + at, memory);
      }
    }
    FloatSums.give(memory);
  }

  /// Some rows, pass by pass.
  private static void some(
      float[] x, int from, int rows, int cols, float[] y, int to, FloatSums memory) {
    int apart = whole(cols);
    for (int r = 0; r < rows; r++) {
      memory.peaks[r] = copy(x, from + r * cols, cols, memory.chunk, r * apart);
    }
    for (int r = 0; r < rows; r++) {
      memory.totals[r] = TranscendentalLoopsF32.expSum(memory.peaks[r], r * apart, cols, memory);
    }
    for (int r = 0; r < rows; r++) {
      scale(memory.chunk, r * apart, y, to + r * cols, cols, 1f / memory.totals[r]);
    }
  }

  /// As many as fill whole vectors.
  private static int whole(int n) {
    return (n + L - 1) & -L;
  }

  private static void longRow(float[] x, int from, int n, float[] y, int to, FloatSums memory) {
    float peak = FloatReductions.peak(x, from, n);
    double total = 0;
    for (int i = 0; i < n; i += CHUNK) {
      int count = Math.min(CHUNK, n - i);
      copy(x, from + i, count, memory.chunk, 0);
      total += TranscendentalLoopsF32.expSum(peak, 0, count, memory);
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

  /// Copies a row, fills the last vector up with -∞ and answers the largest, or NaN if there is one
  /// and it is positive.
  ///
  /// Of numbers that are not all negative the largest has the largest bits, of negative ones the
  /// smallest: two operations that take a cycle each, where a comparison and a choice wait for each
  /// other.
  private static float copy(float[] x, int from, int n, float[] to, int at) {
    int end = S.loopBound(n);
    if (end < n) {
      FloatVector.broadcast(S, Float.NEGATIVE_INFINITY).intoArray(to, at + end);
    }
    IntVector high = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY).reinterpretAsInts();
    IntVector low = high;
    IntVector high1 = high;
    IntVector low1 = high;
    int i = 0;
    for (int pairs = end - L; i < pairs; i += 2 * L) {
      FloatVector v = FloatVector.fromArray(S, x, from + i);
      v.intoArray(to, at + i);
      high = high.max(v.reinterpretAsInts());
      low = low.min(v.reinterpretAsInts());
      FloatVector v1 = FloatVector.fromArray(S, x, from + i + L);
      v1.intoArray(to, at + i + L);
      high1 = high1.max(v1.reinterpretAsInts());
      low1 = low1.min(v1.reinterpretAsInts());
    }
    for (; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, from + i);
      v.intoArray(to, at + i);
      high = high.max(v.reinterpretAsInts());
      low = low.min(v.reinterpretAsInts());
    }
    int most = high.max(high1).reduceLanes(VectorOperators.MAX);
    int least = low.min(low1).reduceLanes(VectorOperators.MIN);
    for (; i < n; i++) {
      to[at + i] = x[from + i];
      int bits = Float.floatToRawIntBits(x[from + i]);
      most = Math.max(most, bits);
      least = Math.min(least, bits);
    }
    return Float.intBitsToFloat(most < 0 ? least : most);
  }

  /// `y = x k`, also in place.
  private static void scale(float[] x, int from, float[] y, int to, int n, float k) {
    int end = n - L;
    FloatVector last = FloatVector.fromArray(S, x, from + end).mul(k);
    for (int i = 0; i < end; i += L) {
      FloatVector.fromArray(S, x, from + i).mul(k).intoArray(y, to + i);
    }
    last.intoArray(y, to + end);
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
        copy(x, from + i, n, memory.chunk, 0);
        sum += TranscendentalLoopsF32.expSum(peak, 0, n, memory);
      }
      out[to + r] = peak + TranscendentalsF32.log(sum);
    }
    FloatSums.give(memory);
  }
}
