package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// The matrix product, asked of three loops in doubles, and both backends of each other.
class MatMulLoopsTest {
  /// A product with everything that may be odd about it.
  record Product(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      int ao,
      int lda,
      int bo,
      int ldb,
      int co,
      int ldc,
      boolean accumulate) {
    static Product random(SplittableRandom random, int most) {
      boolean ta = random.nextBoolean();
      boolean tb = random.nextBoolean();
      int m = 1 + random.nextInt(most);
      int n = 1 + random.nextInt(most);
      int k = 1 + random.nextInt(random.nextInt(8) == 0 ? 700 : most);
      return new Product(
          ta,
          tb,
          m,
          n,
          k,
          random.nextInt(5),
          (ta ? m : k) + random.nextInt(4),
          random.nextInt(5),
          (tb ? k : n) + random.nextInt(4),
          random.nextInt(5),
          n + random.nextInt(4),
          random.nextBoolean());
    }

    // The arrays end with the last element, so that nothing may be read behind it.
    int sizeOfA() {
      return ao + lda * ((ta ? k : m) - 1) + (ta ? m : k);
    }

    int sizeOfB() {
      return bo + ldb * ((tb ? n : k) - 1) + (tb ? k : n);
    }

    int sizeOfC() {
      return co + ldc * (m - 1) + n;
    }

    double a(double[] a, int i, int p) {
      return a[ao + (ta ? p * lda + i : i * lda + p)];
    }

    double b(double[] b, int p, int j) {
      return b[bo + (tb ? j * ldb + p : p * ldb + j)];
    }

    void run(FloatLoops loops, float[] a, float[] b, float[] c) {
      loops.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    }

    void run(DoubleLoops loops, double[] a, double[] b, double[] c) {
      loops.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    }

    /// What c becomes; elements between the rows stay.
    double[] expected(double[] a, double[] b, double[] c) {
      double[] result = c.clone();
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = accumulate ? c[co + i * ldc + j] : 0;
          for (int p = 0; p < k; p++) {
            sum += a(a, i, p) * b(b, p, j);
          }
          result[co + i * ldc + j] = sum;
        }
      }
      return result;
    }
  }

  static final FloatLoops[] BACKENDS = ElementwiseLoopsTest.BACKENDS;
  static final DoubleLoops[] DOUBLE_BACKENDS = {
    new DoubleScalarLoops(), new DoubleVectorLoops(true)
  };

  @ParameterizedTest
  @FieldSource("BACKENDS")
  void floatProductsAreTheDoubleOnesRounded(FloatLoops loops) {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 150; round++) {
      Product p = Product.random(random, round < 100 ? 30 : 90);
      float[] a = Samples.floats(p.sizeOfA(), round);
      float[] b = Samples.floats(p.sizeOfB(), round + 1);
      float[] c = Samples.floats(p.sizeOfC(), round + 2);
      double[] expected = p.expected(doubles(a), doubles(b), doubles(c));
      p.run(loops, a, b, c);
      for (int i = 0; i < c.length; i++) {
        assertThat((double) c[i])
            .as("%s at %d", p, i)
            .isCloseTo(expected[i], within(2e-5 * Math.sqrt(p.k()) + 1e-5));
      }
    }
  }

  @ParameterizedTest
  @FieldSource("DOUBLE_BACKENDS")
  void doubleProductsAreRight(DoubleLoops loops) {
    SplittableRandom random = new SplittableRandom(8);
    for (int round = 0; round < 150; round++) {
      Product p = Product.random(random, round < 100 ? 30 : 70);
      double[] a = Samples.doubles(p.sizeOfA(), round);
      double[] b = Samples.doubles(p.sizeOfB(), round + 1);
      double[] c = Samples.doubles(p.sizeOfC(), round + 2);
      double[] expected = p.expected(a, b, c);
      p.run(loops, a, b, c);
      for (int i = 0; i < c.length; i++) {
        assertThat(c[i]).as("%s at %d", p, i).isCloseTo(expected[i], within(1e-12 * p.k()));
      }
    }
  }

  @Test
  void rowsAndColumnsHaveTheBitsOfThePlainLoops() {
    for (int flags = 0; flags < 8; flags++) {
      boolean ta = (flags & 1) != 0;
      boolean tb = (flags & 2) != 0;
      boolean add = (flags & 4) != 0;
      for (int size : new int[] {7, 16, 19, 100}) {
        for (int k : new int[] {1, 33, 600}) {
          for (boolean row : new boolean[] {false, true}) {
            int m = row ? 1 : size;
            int n = row ? size : 1;
            Product p = new Product(ta, tb, m, n, k, 2, ta ? m : k, 3, tb ? k : n, 1, n, add);
            float[] a = Samples.floats(p.sizeOfA(), k);
            float[] b = Samples.floats(p.sizeOfB(), size);
            float[] expected = Samples.floats(p.sizeOfC(), 5);
            float[] c = expected.clone();
            p.run(new FloatScalarLoops(), a, b, expected);
            p.run(new FloatVectorLoops(true), a, b, c);
            assertThat(c).as("%s", p).containsExactly(expected);
            double[] wide = doubles(c);
            double[] same = wide.clone();
            p.run(new DoubleScalarLoops(), doubles(a), doubles(b), wide);
            p.run(new DoubleVectorLoops(true), doubles(a), doubles(b), same);
            assertThat(same).as("%s", p).containsExactly(wide);
          }
        }
      }
    }
  }

  @Test
  void bothBackendsHaveTheSameBits() {
    SplittableRandom random = new SplittableRandom(9);
    for (int round = 0; round < 200; round++) {
      Product p = Product.random(random, round % 10 == 0 ? 130 : 50);
      float[] a = Samples.floats(p.sizeOfA(), round);
      float[] b = Samples.floats(p.sizeOfB(), round + 1);
      float[] plain = Samples.floats(p.sizeOfC(), round + 2);
      float[] vectors = plain.clone();
      p.run(BACKENDS[0], a, b, plain);
      p.run(BACKENDS[1], a, b, vectors);
      assertThat(vectors).as("%s", p).containsExactly(plain);

      double[] da = Samples.doubles(p.sizeOfA(), round);
      double[] db = Samples.doubles(p.sizeOfB(), round + 1);
      double[] dplain = Samples.doubles(p.sizeOfC(), round + 2);
      double[] dvectors = dplain.clone();
      p.run(DOUBLE_BACKENDS[0], da, db, dplain);
      p.run(DOUBLE_BACKENDS[1], da, db, dvectors);
      assertThat(dvectors).as("%s in doubles", p).containsExactly(dplain);
    }
  }

  @Test
  void piecesLargerThanTheCacheHaveTheSameBits() {
    // Three pieces of rows and two of columns.
    Product p = new Product(false, true, 500, 1100, 20, 0, 20, 0, 20, 0, 1100, false);
    float[] a = Samples.floats(p.sizeOfA(), 1);
    float[] b = Samples.floats(p.sizeOfB(), 2);
    float[] plain = new float[p.sizeOfC()];
    float[] vectors = new float[p.sizeOfC()];
    p.run(BACKENDS[0], a, b, plain);
    p.run(BACKENDS[1], a, b, vectors);
    assertThat(Arrays.mismatch(vectors, plain)).isEqualTo(-1);
  }

  @Test
  void anElementDoesNotDependOnTheRestOfTheMatrix() {
    int k = 300;
    float[] a = Samples.floats(64 * k, 1);
    float[] b = Samples.floats(k * 70, 2);
    float[] whole = new float[64 * 70];
    for (FloatLoops loops : BACKENDS) {
      loops.matmul(false, false, 64, 70, k, a, 0, k, b, 0, 70, whole, 0, 70, false);
      for (int i = 0; i < 64; i += 9) {
        for (int j = 0; j < 70; j += 11) {
          float[] alone = new float[1];
          loops.matmul(false, false, 1, 1, k, a, i * k, k, b, j, 70, alone, 0, 1, false);
          assertThat(alone[0]).isEqualTo(whole[i * 70 + j]);
        }
      }
    }
  }

  @Test
  void notANumberAndInfinityStayWhereTheyBelong() {
    for (FloatLoops loops : BACKENDS) {
      int n = 45;
      float[] a = Samples.floats(n * n, 1);
      float[] b = Samples.floats(n * n, 2);
      float[] c = new float[n * n];
      a[n * 44] = Float.NaN;
      loops.matmul(false, false, n, n, n, a, 0, n, b, 0, n, c, 0, n, false);
      for (int i = 0; i < n * n; i++) {
        assertThat(Float.isNaN(c[i])).isEqualTo(i >= n * 44);
      }
    }
  }

  @Test
  void emptySidesGiveNothingAndAnEmptySumGivesZero() {
    for (FloatLoops loops : BACKENDS) {
      float[] c = {1, 2, 3, 4};
      float[] none = {};
      loops.matmul(false, false, 0, 2, 3, none, 0, 3, new float[6], 0, 2, c, 0, 2, false);
      loops.matmul(false, false, 2, 0, 3, new float[6], 0, 3, none, 0, 1, c, 0, 1, false);
      loops.matmul(false, false, 2, 2, 0, none, 0, 1, none, 0, 2, c, 0, 2, true);
      assertThat(c).containsExactly(1, 2, 3, 4);
      loops.matmul(false, false, 2, 2, 0, none, 0, 1, none, 0, 2, c, 0, 2, false);
      assertThat(c).containsExactly(0, 0, 0, 0);
    }
  }

  static double[] doubles(float[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }
}
