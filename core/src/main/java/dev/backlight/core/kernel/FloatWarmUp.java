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
    /// Products of whole tiles.
    TILES,
    /// What else those have whose columns are no whole tiles.
    NARROW,
    /// The packing of a factor that is stored transposed.
    TRANSPOSED,
    /// Products of one row.
    ROW,
    CONVOLUTION,
    POOLING
  }

  private static final int N = 5 * FloatScalarReductions.WIDTH + 7;

  /// Two chunks and something, in few vectors.
  private static final int SHORTEST = FloatScalarReductions.WIDTH + 7;

  /// Steps of a product: a long loop is compiled twice, the first time for one that is under way.
  private static final int STEPS = 20;

  /// Rows of a product: several tiles and something.
  private static final int ROWS = 25;

  /// Made once, and late: small programs never come here.
  private static final class Numbers {
    static final FloatLoops VECTORS = new FloatVectorLoops(true);
    static final FloatLoops PLAIN = new FloatScalarLoops();
    static final float[] X = new float[2 * N + (ROWS + 2 * FloatTiles.COLUMNS) * STEPS];
    static final float[] Y = new float[2 * N + ROWS * (FloatTiles.COLUMNS + 5)];
    static final float[] ASIDE = new float[FloatTiles.ASIDE];
    static final float[] PANEL = new float[FloatTiles.COLUMNS * STEPS];
    static final double[] SUMS = new double[2];

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
  void run(boolean vectors, int round) {
    FloatLoops loops = vectors ? Numbers.VECTORS : Numbers.PLAIN;
    switch (example) {
      case TILES -> tiles(loops, vectors, round);
      case NARROW -> narrow(loops, vectors, round);
      case TRANSPOSED -> transposed(vectors);
      case ROW -> product(loops, (round & 2) != 0, 1, FloatTiles.COLUMNS + 5, steps(round), round);
      case CONVOLUTION -> convolutions(loops, round);
      case POOLING -> {
        // Rows that end in a vector, between two, and before the first.
        int w =
            switch (round % 4) {
              case 0 -> 64;
              case 1 -> 43;
              case 2 -> 14;
              default -> 7;
            };
        pooling(loops, new Pool2dShape(1, 3, 12, w, 2, 2, 2, 2, 0, 0, 6, w / 2, false));
        int step = 1 + round % 2;
        int columns = (w - 1) / step + 1;
        pooling(loops, new Pool2dShape(1, 3, 12, w, 3, 3, 2, step, 1, 1, 6, columns, false));
      }
      default -> ofSize(loops, round, round < SHORT ? SHORTEST : N - round % 17 * (N / 18));
    }
  }

  private void ofSize(FloatLoops loops, int round, int n) {
    float[] x = Numbers.X;
    float[] y = Numbers.Y;
    switch (example) {
      case EXP -> loops.exp(x, y, n);
      case LOG -> loops.log(x, y, n);
      case TANH -> loops.tanh(x, y, n);
      case SIGMOID -> loops.sigmoid(x, y, n);
      // F32 only
      case ERF -> loops.erf(x, y, n);
      // end F32 only
      case SOFTMAX -> {
        switch (round % 4) {
          case 0 -> loops.softmaxRows(x, n / 7, 7, y);
          case 1 -> loops.softmaxRows(x, n / 35, 35, y);
          case 2 -> loops.softmaxRows(x, 2, n, y);
          default -> loops.logSumExpRows(x, 2, n, y);
        }
      }
      case SUMS -> {
        int m = round % 2 == 0 ? n : n - n % FloatScalarReductions.WIDTH;
        loops.sum(x, 1, m);
        loops.dot(x, 1, y, 2, m);
        loops.moments(x, 1, m, 0.5f, Numbers.SUMS);
        ((FloatScalarLoops) loops).stretch(x, 1, 0.5f, 0.25f, 2, y, 2, n);
        loops.max(x, 1, n);
        loops.sumRows(x, 2, n, y);
        loops.sumColumns(x, 7, n / 4, y);
      }
      case TILES, NARROW, TRANSPOSED, ROW, CONVOLUTION, POOLING ->
          throw new AssertionError("they have other sizes");
    }
  }

  private static int steps(int round) {
    return round < SHORT || round % 8 != 0 ? 2 : STEPS;
  }

  private static void tiles(FloatLoops loops, boolean vectors, int round) {
    int n = FloatTiles.COLUMNS;
    int k = steps(round);
    tile(vectors, 4, n, k, round);
    if (FloatTiles.rows(6) > 4) {
      tile(vectors, 6, n, k, round);
    }
    float[] x = Numbers.X;
    boolean add = (round & 1) != 0;
    if (vectors) {
      FloatTiles.packing(6, x, 0, k, 1, x, 0, n, k, Numbers.Y, 0, n, add, Numbers.PANEL, 0);
    } else {
      FloatScalarMatMul.matmul(false, false, 6, n, k, x, 0, k, x, 0, n, Numbers.Y, 0, n, add);
    }
    if (round % 32 == 0) {
      product(loops, (round & 32) != 0, ROWS, n, k, round / 64);
    }
  }

  private static void narrow(FloatLoops loops, boolean vectors, int round) {
    int k = steps(round);
    for (int n = FloatTiles.COLUMNS / 2; n >= FloatLanes.SPECIES.length(); n /= 2) {
      tile(vectors, 4, n, k, round);
      if (FloatTiles.rows(6) > 4) {
        tile(vectors, 6, n, k, round);
      }
    }
    int n = FloatLanes.SPECIES.length() + 5;
    if (vectors) {
      FloatPacking.panel(Numbers.X, 0, n, n, k, Numbers.PANEL, 0, FloatTiles.width(n));
    }
    if (round % 32 == 0) {
      product(loops, (round & 32) != 0, ROWS, n, k, round / 64);
    }
  }

  private static void tile(boolean vectors, int m, int n, int k, int round) {
    float[] x = Numbers.X;
    float[] y = Numbers.Y;
    boolean add = (round & 1) != 0;
    if (vectors) {
      FloatTiles.run(m, n, x, 0, k, 1, x, 0, n, k, y, 0, n, add, Numbers.ASIDE);
    } else {
      FloatScalarMatMul.matmul(false, false, m, n, k, x, 0, k, x, 0, n, y, 0, n, add);
    }
  }

  private static void transposed(boolean vectors) {
    int n = FloatTiles.COLUMNS;
    int k = FloatLanes.SPECIES.length();
    if (vectors) {
      FloatPacking.transposed(Numbers.X, 0, k, n, k, Numbers.PANEL, 0, n);
    } else {
      FloatScalarMatMul.matmul(
          false, true, 4, n, k, Numbers.X, 0, k, Numbers.X, 0, k, Numbers.Y, 0, n, false);
    }
  }

  private static void product(FloatLoops loops, boolean ta, int m, int n, int k, int round) {
    float[] x = Numbers.X;
    boolean add = (round & 1) != 0;
    loops.matmul(ta, false, m, n, k, x, 0, ta ? m : k, x, 0, n, Numbers.Y, 0, n, add);
  }

  /// Tiles of 12, 8 and 4 rows, few channels; two blocks along k; Winograd's way; strides; and
  /// depthwise with and without them.
  private static void convolutions(FloatLoops loops, int round) {
    Conv2dShape shape =
        switch (round % 6) {
          case 0 -> new Conv2dShape(1, 3, 12, 13, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 12, 13);
          case 1 -> new Conv2dShape(1, 36, 9, 20, 15, 3, 3, 1, 1, 1, 1, 1, 1, 1, 9, 20);
          case 2 -> new Conv2dShape(2, 40, 16, 13, 70, 3, 3, 1, 1, 1, 1, 1, 1, 1, 16, 13);
          case 3 -> new Conv2dShape(2, 20, 9, 8, 26, 3, 3, 2, 2, 1, 1, 1, 1, 1, 5, 4);
          case 4 -> new Conv2dShape(2, 6, 16, 13, 6, 3, 3, 1, 1, 1, 1, 1, 1, 6, 16, 13);
          default -> new Conv2dShape(2, 6, 14, 41, 6, 3, 3, 2, 2, 1, 1, 1, 1, 6, 7, 21);
        };
    convolution(loops, shape);
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

  @Override
  public String toString() {
    return "float " + example;
  }
}
