package dev.backlight.core.kernel;

import java.util.Arrays;

/// The loops in plain Java: the truth that the vector loops are compared with, and what runs where
/// the incubator module is missing.
///
/// The elementwise loops of the hardware's own operations are for both: C2 turns them into vectors
/// by itself, and they take as long as written-out ones (10,000 floats, AVX-512: add 1.1 µs,
/// maximum 1.2, fma 1.4).
sealed class FloatScalarLoops implements FloatLoops permits FloatVectorLoops {
  /// Rows of a transpose that are moved together: the next row that is written still finds the
  /// cache lines of the last.
  private static final int STRIP = 32;

  @Override
  public void add(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] + y[i];
    }
  }

  @Override
  public void sub(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] - y[i];
    }
  }

  @Override
  public void mul(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] * y[i];
    }
  }

  @Override
  public void div(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = x[i] / y[i];
    }
  }

  @Override
  public void maximum(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.max(x[i], y[i]);
    }
  }

  @Override
  public void minimum(float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.min(x[i], y[i]);
    }
  }

  @Override
  public void fma(float[] a, float[] b, float[] c, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      z[i] = Math.fma(a[i], b[i], c[i]);
    }
  }

  @Override
  public void scale(float[] x, float k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * k;
    }
  }

  @Override
  public void shift(float[] x, float k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] + k;
    }
  }

  @Override
  public void over(float[] x, float k, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] / k;
    }
  }

  @Override
  public void neg(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = -x[i];
    }
  }

  @Override
  public void abs(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.abs(x[i]);
    }
  }

  @Override
  public void sqrt(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = TranscendentalsF32.sqrt(x[i]);
    }
  }

  @Override
  public void reciprocal(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = 1f / x[i];
    }
  }

  @Override
  public void square(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * x[i];
    }
  }

  @Override
  public void relu(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(x[i], 0f);
    }
  }

  @Override
  public void exp(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = TranscendentalsF32.exp(x[i]);
    }
  }

  @Override
  public void log(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = TranscendentalsF32.log(x[i]);
    }
  }

  @Override
  public void tanh(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = TranscendentalsF32.tanh(x[i]);
    }
  }

  @Override
  public void sigmoid(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = TranscendentalsF32.sigmoid(x[i]);
    }
  }

  // F32 only
  @Override
  public void erf(float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] = TranscendentalsF32.erf(x[i]);
    }
  }

  // end F32 only

  @Override
  public float sum(float[] x, int from, int n) {
    FloatSums memory = FloatSums.take();
    float sum = FloatScalarReductions.sum(x, from, n, memory.accumulators);
    FloatSums.give(memory);
    return sum;
  }

  @Override
  public float dot(float[] x, int xo, float[] y, int yo, int n) {
    FloatSums memory = FloatSums.take();
    float dot = FloatScalarReductions.dot(x, xo, y, yo, n, memory.accumulators);
    FloatSums.give(memory);
    return dot;
  }

  @Override
  public final void moments(float[] x, int from, int n, float shift, double[] sums) {
    FloatSums memory = FloatSums.take();
    moments(x, from, n, shift, memory, sums);
    FloatSums.give(memory);
  }

  /// The same in memory of somebody who calls often.
  void moments(float[] x, int from, int n, float shift, FloatSums memory, double[] sums) {
    FloatScalarReductions.moments(x, from, n, shift, memory, sums);
  }

  /// `y[to+i] = ((x[from+i] − guess) − off) · scale`.
  void stretch(float[] x, int from, float guess, float off, float scale, float[] y, int to, int n) {
    for (int i = 0; i < n; i++) {
      y[to + i] = ((x[from + i] - guess) - off) * scale;
    }
  }

  @Override
  public float max(float[] x, int from, int n) {
    return FloatScalarReductions.max(x, from, n);
  }

  @Override
  public void sumRows(float[] x, int xo, int rows, int cols, float[] out, int to) {
    FloatSums memory = FloatSums.take();
    for (int r = 0; r < rows; r++) {
      out[to + r] = FloatScalarReductions.sum(x, xo + r * cols, cols, memory.accumulators);
    }
    FloatSums.give(memory);
  }

  @Override
  public void sumAround(
      float[] x, int outer, int kept, int inner, int begin, int end, float[] out) {
    FloatSums memory = FloatSums.take();
    Arrays.fill(out, begin, end, 0f);
    for (int o = 0; o < outer; o++) {
      for (int c = begin; c < end; c++) {
        int at = (o * kept + c) * inner;
        out[c] += FloatScalarReductions.sum(x, at, inner, memory.accumulators);
      }
    }
    FloatSums.give(memory);
  }

  @Override
  public void sumColumns(float[] x, int rows, int cols, float[] out) {
    Arrays.fill(out, 0, cols, 0f);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        out[c] += x[r * cols + c];
      }
    }
  }

  @Override
  public void softmaxRows(float[] x, int xo, int rows, int cols, float[] y, int yo) {
    FloatSums memory = FloatSums.take();
    for (int at = 0; at < rows * cols; at += cols) {
      float peak = FloatScalarReductions.peak(x, xo + at, cols);
      FloatScalarReductions.expShifted(x, xo + at, peak, y, yo + at, cols);
      float k = 1f / FloatScalarReductions.sumInTurn(y, yo + at, cols, memory.accumulators);
      for (int i = yo + at; i < yo + at + cols; i++) {
        y[i] *= k;
      }
    }
    FloatSums.give(memory);
  }

  @Override
  public void logSumExpRows(float[] x, int xo, int rows, int cols, float[] out, int to) {
    FloatSums memory = FloatSums.take();
    float[] chunk = memory.chunk;
    for (int r = 0; r < rows; r++) {
      int from = xo + r * cols;
      float peak = FloatScalarReductions.peak(x, from, cols);
      if (Float.isInfinite(peak)) {
        out[to + r] = FloatScalarReductions.degenerateLogSumExp(x, from, cols, peak);
        continue;
      }
      float sum = 0f;
      for (int i = 0; i < cols; i += chunk.length) {
        int n = Math.min(chunk.length, cols - i);
        FloatScalarReductions.expShifted(x, from + i, peak, chunk, 0, n);
        sum += FloatScalarReductions.sumInTurn(chunk, 0, n, memory.accumulators);
      }
      out[to + r] = peak + TranscendentalsF32.log(sum);
    }
    FloatSums.give(memory);
  }

  @Override
  public void matmul(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean accumulate) {
    FloatScalarMatMul.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
  }

  @Override
  public void transpose(
      float[] x, int xo, int ldx, int rows, int columns, float[] y, int yo, int ldy) {
    for (int i = 0; i < rows; i += STRIP) {
      int some = Math.min(STRIP, rows - i);
      FloatScalarTiles.LOOPS.transpose(x, xo + i * ldx, ldx, some, columns, y, yo + i, ldy, 0, 0);
    }
  }

  @Override
  public FloatConvolution conv2d(Conv2dShape s) {
    return FloatConv2d.forward(this, s);
  }

  @Override
  public FloatConvolution conv2dInput(Conv2dShape s) {
    return FloatConv2d.input(this, s);
  }

  @Override
  public FloatConvolution conv2dWeight(Conv2dShape s) {
    return FloatConv2d.weight(this, s);
  }

  /// The inner loops of a convolution of so many multiplications.
  FloatTileLoops tiles(long work) {
    return FloatScalarTiles.LOOPS;
  }

  @Override
  public void maxPool2d(
      float[] x, int held, float[] y, int[] index, Pool2dShape s, int from, int to) {
    FloatPooling.max(x, held, y, index, s, from, to);
  }

  @Override
  public void maxPool2dInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to) {
    FloatPooling.maxInput(g, index, dx, s, from, to);
  }

  @Override
  public FloatConvolution avgPool2d(Pool2dShape s) {
    return new FloatAverage(this, s, false);
  }

  @Override
  public FloatConvolution avgPool2dInput(Pool2dShape s) {
    return new FloatAverage(this, s, true);
  }
}
