package dev.backlight.core.kernel;

import java.util.Arrays;

/// The loops on `jdk.incubator.vector`, each in the class of its subject, as soon as they are warm;
/// see [WarmUp]. What is not here the plain loops do as fast.
final class FloatVectorLoops extends FloatScalarLoops {
  private final boolean always;
  // F32 only
  private final WarmUp exp = new FloatWarmUp(FloatWarmUp.Example.EXP);
  private final WarmUp log = new FloatWarmUp(FloatWarmUp.Example.LOG);
  private final WarmUp tanh = new FloatWarmUp(FloatWarmUp.Example.TANH);
  private final WarmUp sigmoid = new FloatWarmUp(FloatWarmUp.Example.SIGMOID);
  private final WarmUp erf = new FloatWarmUp(FloatWarmUp.Example.ERF);
  private final WarmUp softmax = new FloatWarmUp(FloatWarmUp.Example.SOFTMAX);
  // end F32 only
  private final WarmUp sums = new FloatWarmUp(FloatWarmUp.Example.SUMS);
  private final WarmUp tiles = new FloatWarmUp(FloatWarmUp.Example.TILES);
  private final WarmUp narrow = new FloatWarmUp(FloatWarmUp.Example.NARROW);
  private final WarmUp transposed = new FloatWarmUp(FloatWarmUp.Example.TRANSPOSED);
  private final WarmUp row = new FloatWarmUp(FloatWarmUp.Example.ROW);
  private final WarmUp convolution = new FloatWarmUp(FloatWarmUp.Example.CONVOLUTION);
  private final WarmUp pooling = new FloatWarmUp(FloatWarmUp.Example.POOLING);

  /// With `always` the vector loops run from the first call on, warm or not: for the examples and
  /// for tests.
  FloatVectorLoops(boolean always) {
    this.always = always;
  }

  /// Whether all vector loops have taken over.
  boolean isWarm() {
    boolean warm =
        sums.isDone()
            && tiles.isDone()
            && narrow.isDone()
            && transposed.isDone()
            && row.isDone()
            && convolution.isDone()
            && pooling.isDone();
    // F32 only
    warm &=
        exp.isDone()
            && log.isDone()
            && tanh.isDone()
            && sigmoid.isDone()
            && erf.isDone()
            && softmax.isDone();
    // end F32 only
    return warm;
  }

  // F32 only
  @Override
  public void exp(float[] x, float[] y, int n) {
    if (always || exp.done(n)) {
      TranscendentalLoopsF32.exp(x, y, n);
    } else {
      super.exp(x, y, n);
    }
  }

  @Override
  public void log(float[] x, float[] y, int n) {
    if (always || log.done(n)) {
      TranscendentalLoopsF32.log(x, y, n);
    } else {
      super.log(x, y, n);
    }
  }

  @Override
  public void tanh(float[] x, float[] y, int n) {
    if (always || tanh.done(n)) {
      TranscendentalLoopsF32.tanh(x, y, n);
    } else {
      super.tanh(x, y, n);
    }
  }

  @Override
  public void sigmoid(float[] x, float[] y, int n) {
    if (always || sigmoid.done(n)) {
      TranscendentalLoopsF32.sigmoid(x, y, n);
    } else {
      super.sigmoid(x, y, n);
    }
  }

  @Override
  public void erf(float[] x, float[] y, int n) {
    if (always || erf.done(n)) {
      TranscendentalLoopsF32.erf(x, y, n);
    } else {
      super.erf(x, y, n);
    }
  }

  @Override
  public void softmaxRows(float[] x, int xo, int rows, int cols, float[] y, int yo) {
    if (always || softmax.done((long) rows * cols)) {
      SoftmaxF32.softmaxRows(x, xo, rows, cols, y, yo);
    } else {
      super.softmaxRows(x, xo, rows, cols, y, yo);
    }
  }

  @Override
  public void logSumExpRows(float[] x, int xo, int rows, int cols, float[] out, int to) {
    if (always || softmax.done((long) rows * cols)) {
      SoftmaxF32.logSumExpRows(x, xo, rows, cols, out, to);
    } else {
      super.logSumExpRows(x, xo, rows, cols, out, to);
    }
  }

  // end F32 only

  @Override
  public float sum(float[] x, int from, int n) {
    if (!always && !sums.done(n)) {
      return super.sum(x, from, n);
    }
    FloatSums memory = FloatSums.take();
    float sum = FloatReductions.sum(x, from, n, memory.accumulators);
    FloatSums.give(memory);
    return sum;
  }

  @Override
  public float dot(float[] x, int xo, float[] y, int yo, int n) {
    if (!always && !sums.done(n)) {
      return super.dot(x, xo, y, yo, n);
    }
    FloatSums memory = FloatSums.take();
    float dot = FloatDots.dot(x, xo, y, yo, n, memory.accumulators);
    FloatSums.give(memory);
    return dot;
  }

  @Override
  void moments(float[] x, int from, int n, float shift, FloatSums memory, double[] sums) {
    if (always || this.sums.done(n)) {
      FloatReductions.moments(x, from, n, shift, memory, sums);
    } else {
      super.moments(x, from, n, shift, memory, sums);
    }
  }

  @Override
  void stretch(float[] x, int from, float guess, float off, float scale, float[] y, int to, int n) {
    if (always || sums.done(n)) {
      FloatReductions.stretch(x, from, guess, off, scale, y, to, n);
    } else {
      super.stretch(x, from, guess, off, scale, y, to, n);
    }
  }

  @Override
  public float max(float[] x, int from, int n) {
    return always || sums.done(n) ? FloatReductions.max(x, from, n) : super.max(x, from, n);
  }

  @Override
  public void sumRows(float[] x, int xo, int rows, int cols, float[] out, int to) {
    if (!always && !sums.done((long) rows * cols)) {
      super.sumRows(x, xo, rows, cols, out, to);
      return;
    }
    FloatSums memory = FloatSums.take();
    for (int r = 0; r < rows; r++) {
      out[to + r] = FloatReductions.sum(x, xo + r * cols, cols, memory.accumulators);
    }
    FloatSums.give(memory);
  }

  @Override
  public void sumAround(
      float[] x, int outer, int kept, int inner, int begin, int end, float[] out) {
    if (!always && !sums.done((long) outer * (end - begin) * inner)) {
      super.sumAround(x, outer, kept, inner, begin, end, out);
      return;
    }
    FloatSums memory = FloatSums.take();
    Arrays.fill(out, begin, end, 0f);
    for (int o = 0; o < outer; o++) {
      for (int c = begin; c < end; c++) {
        out[c] += FloatReductions.sum(x, (o * kept + c) * inner, inner, memory.accumulators);
      }
    }
    FloatSums.give(memory);
  }

  @Override
  public void sumColumns(float[] x, int rows, int cols, float[] out) {
    if (always || sums.done((long) rows * cols)) {
      FloatReductions.sumColumns(x, rows, cols, out);
    } else {
      super.sumColumns(x, rows, cols, out);
    }
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
    if (n == 1 && ldc == 1 && m >= FloatLanes.SPECIES.length()) {
      // A column is a row of the transposed product: lanes are its elements, not the one column.
      matmul(!tb, !ta, 1, m, k, b, bo, ldb, a, ao, lda, c, co, m, accumulate);
    } else if (always || isReady(tb, m, n, (long) m * n * k)) {
      FloatMatMul.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    } else {
      super.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    }
  }

  @Override
  public void transpose(
      float[] x, int xo, int ldx, int rows, int columns, float[] y, int yo, int ldy) {
    boolean squares = Math.min(rows, columns) >= FloatLanes.SPECIES.length();
    if (squares && (always || transposed.done((long) rows * columns))) {
      FloatVectorTiles.LOOPS.transpose(x, xo, ldx, rows, columns, y, yo, ldy, 0, 0);
    } else {
      super.transpose(x, xo, ldx, rows, columns, y, yo, ldy);
    }
  }

  /// Whether all that a product needs is warm; the first call asks for all of it.
  private boolean isReady(boolean tb, int m, int n, long work) {
    if (!tb && m == 1 && n >= FloatLanes.SPECIES.length()) {
      return row.done(work);
    }
    boolean ready = tiles.done(work);
    if (tb) {
      ready &= transposed.done(work);
    }
    if (n % FloatTiles.COLUMNS != 0) {
      ready &= narrow.done(work);
    }
    return ready;
  }

  @Override
  public void maxPool2d(
      float[] x, int held, float[] y, int[] index, Pool2dShape s, int from, int to) {
    if (pairs(s, to - from)) {
      FloatTwoByTwo.max(x, held, y, index, s, from, to);
    } else if (FloatLargest.fits(s) && isWarm(s, to - from)) {
      FloatLargest.max(x, held, y, index, s, from, to);
    } else {
      super.maxPool2d(x, held, y, index, s, from, to);
    }
  }

  @Override
  public void maxPool2dInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to) {
    if (pairs(s, to - from)) {
      FloatTwoByTwo.maxInput(g, index, dx, s, from, to);
    } else {
      super.maxPool2dInput(g, index, dx, s, from, to);
    }
  }

  private boolean pairs(Pool2dShape s, int planes) {
    return s.isTwoByTwo() && isWarm(s, planes);
  }

  private boolean isWarm(Pool2dShape s, int planes) {
    return always || pooling.done((long) planes * s.h() * s.w());
  }

  @Override
  FloatTileLoops tiles(long work) {
    return always || convolution.done(work) ? FloatVectorTiles.LOOPS : super.tiles(work);
  }
}
