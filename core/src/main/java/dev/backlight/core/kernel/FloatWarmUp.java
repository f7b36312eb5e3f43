package dev.backlight.core.kernel;

import java.util.Arrays;

/// The examples that a [WarmUp] runs the loops on: short, but with remainders and with every
/// branch.
final class FloatWarmUp extends WarmUp {
  enum Example {
    EXP,
    LOG,
    TANH,
    SIGMOID,
    // F32 only
    ERF,
    // end F32 only
    SOFTMAX,
    SUMS,
    MATMUL,
    PACKING,
    CONVOLUTION,
    POOLING
  }

  private static final int N = 5 * FloatScalarReductions.WIDTH + 7;

  /// Made once: a loop in a run would be hot in itself, and C2 took a quarter of a second for the
  /// run with all the loops in it.
  private static final class Numbers {
    static final float[] X = new float[2 * N];

    static {
      for (int i = 0; i < X.length; i++) {
        X[i] = 0.25f + i % 13;
      }
    }
  }

  private final Example example;

  FloatWarmUp(Example example) {
    this.example = example;
  }

  @Override
  void run(boolean vectors) {
    FloatLoops loops = vectors ? new FloatVectorLoops(true) : new FloatScalarLoops();
    float[] x = Numbers.X;
    float[] y = new float[2 * N];
    switch (example) {
      case MATMUL -> {
        for (int form = 0; form < 8; form++) {
          matmul(loops, (form & 1) != 0, (form & 2) != 0, (form & 4) != 0);
        }
      }
      case CONVOLUTION -> convolutions(loops);
      case POOLING -> {
        // Rows that end in a vector, between two, and before the first.
        for (int w : new int[] {64, 43, 14, 7}) {
          pooling(loops, new Pool2dShape(1, 3, 12, w, 2, 2, 2, 2, 0, 0, 6, w / 2, false));
        }
      }
      case PACKING -> {
        for (int i = 0; i < 8; i++) {
          packing(vectors, x, y, i % 2 == 1);
        }
      }
      default -> {
        for (int n = N; n > 0; n -= 23) {
          ofSize(loops, n, x, y);
        }
      }
    }
  }

  private void ofSize(FloatLoops loops, int n, float[] x, float[] y) {
    switch (example) {
      case EXP -> loops.exp(x, y, n);
      case LOG -> loops.log(x, y, n);
      case TANH -> loops.tanh(x, y, n);
      case SIGMOID -> loops.sigmoid(x, y, n);
      // F32 only
      case ERF -> loops.erf(x, y, n);
      // end F32 only
      case SOFTMAX -> {
        loops.softmaxRows(x, n / 7, 7, y);
        loops.softmaxRows(x, n / 35, 35, y);
        loops.softmaxRows(x, 2, n, y);
        loops.logSumExpRows(x, 2, n, y);
      }
      case SUMS -> {
        loops.sum(x, 1, n);
        loops.dot(x, 1, y, 2, n);
        loops.moments(x, 1, n, 0.5f, new double[2]);
        loops.max(x, 1, n);
        loops.sumRows(x, 2, n, y);
        loops.sumColumns(x, 7, n / 4, y);
      }
      case MATMUL, PACKING, CONVOLUTION, POOLING -> throw new AssertionError("they have other sizes");
    }
  }

  private static void matmul(FloatLoops loops, boolean ta, boolean tb, boolean accumulate) {
    // B packed and not; tiles of all heights and widths, whole and cut; one row. Few steps, since a
    // long loop is compiled twice, the first time for one that is under way.
    product(loops, ta, tb, 27, 117, 20, accumulate);
    product(loops, ta, tb, 8, 117, 20, accumulate);
    product(loops, ta, tb, 11, 117, 20, accumulate);
    product(loops, ta, tb, 1, 70, 20, accumulate);
    product(loops, ta, tb, 5, 6, 7, accumulate);
  }

  private static void product(
      FloatLoops loops, boolean ta, boolean tb, int m, int n, int k, boolean accumulate) {
    float[] a = new float[m * k];
    float[] b = new float[k * n];
    Arrays.fill(a, 0.5f);
    Arrays.fill(b, 0.5f);
    loops.matmul(
        ta, tb, m, n, k, a, 0, ta ? m : k, b, 0, tb ? k : n, new float[m * n], 0, n, accumulate);
  }

  private static void convolutions(FloatLoops loops) {
    // Tiles of 12, 8 and 4 rows; two blocks along k; Winograd's way; strides.
    convolution(loops, new Conv2dShape(1, 3, 12, 13, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 12, 13));
    convolution(loops, new Conv2dShape(1, 36, 9, 20, 15, 3, 3, 1, 1, 1, 1, 1, 1, 1, 9, 20));
    convolution(loops, new Conv2dShape(2, 40, 16, 13, 44, 3, 3, 1, 1, 1, 1, 1, 1, 1, 16, 13));
    convolution(loops, new Conv2dShape(2, 20, 9, 8, 26, 3, 3, 2, 2, 1, 1, 1, 1, 1, 5, 4));
  }

  private static void convolution(FloatLoops loops, Conv2dShape s) {
    float[] x = new float[s.n() * s.c() * s.h() * s.w()];
    float[] w = new float[s.o() * s.taps()];
    float[] y = new float[s.n() * s.o() * s.oh() * s.ow()];
    Arrays.fill(x, 0.5f);
    Arrays.fill(w, 0.5f);
    loops.conv2d(s).run(x, w, y);
    loops.conv2dInput(s).run(y, w, x);
    loops.conv2dWeight(s).run(x, y, w);
  }

  private static void pooling(FloatLoops loops, Pool2dShape s) {
    float[] x = new float[s.c() * s.h() * s.w()];
    for (int i = 0; i < x.length; i++) {
      x[i] = i * 7 % 13;
    }
    float[] y = new float[s.c() * s.oh() * s.ow()];
    int[] index = new int[y.length];
    loops.maxPool2d(x, y, index, s);
    loops.maxPool2dInput(y, index, x, s, 0, s.c());
  }

  /// The tile that packs has an example of its own, for it is few of all tiles and would not be
  /// missed among the others.
  private static void packing(boolean vectors, float[] x, float[] y, boolean accumulate) {
    int n = FloatTiles.COLUMNS;
    int k = N / n;
    int m = FloatTiles.rows(6);
    if (vectors) {
      float[] panel = new float[n * k];
      FloatTiles.packing(m, x, 0, k, 1, x, 0, n, k, y, 0, n, accumulate, panel, 0);
    } else {
      FloatScalarMatMul.matmul(false, false, m, n, k, x, 0, k, x, 0, n, y, 0, n, accumulate);
    }
  }

  @Override
  public String toString() {
    return "float " + example;
  }
}
