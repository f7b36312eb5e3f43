package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The vector loops are asked of the plain loops, bit for bit, at every awkward size and with every
/// special value; which NaN it is does not count.
class VectorsAgreeTest {
  private static final FloatLoops PLAIN = new FloatScalarLoops();
  private static final DoubleLoops PLAIN_DOUBLES = new DoubleScalarLoops();

  /// One loop on n elements of x and y, its results in z.
  interface Loop {
    void run(FloatLoops loops, float[] x, float[] y, float[] z, int n);
  }

  interface DoubleLoop {
    void run(DoubleLoops loops, double[] x, double[] y, double[] z, int n);
  }

  record Named<T>(String name, T loop) {
    @Override
    public String toString() {
      return name;
    }
  }

  @BeforeAll
  static void vectorsAreThere() {
    assumeTrue(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
  }

  static Stream<Named<Loop>> elementwise() {
    return Stream.of(
        new Named<>("exp", (l, x, y, z, n) -> l.exp(x, z, n)),
        new Named<>("log", (l, x, y, z, n) -> l.log(x, z, n)),
        new Named<>("tanh", (l, x, y, z, n) -> l.tanh(x, z, n)),
        new Named<>("sigmoid", (l, x, y, z, n) -> l.sigmoid(x, z, n)));
  }

  static Stream<Named<Loop>> reductions() {
    return Stream.of(
        new Named<>("sum", (l, x, y, z, n) -> z[0] = l.sum(x, 1, n)),
        new Named<>("dot", (l, x, y, z, n) -> z[0] = l.dot(x, 2, y, 1, n)),
        new Named<>("max", (l, x, y, z, n) -> z[0] = l.max(x, 1, n)),
        new Named<>(
            "moments",
            (l, x, y, z, n) -> {
              double[] sums = new double[2];
              l.moments(x, 1, n, 0.7f, sums);
              z[0] = (float) sums[0];
              z[1] = (float) sums[1];
            }),
        new Named<>("softmax, one row", (l, x, y, z, n) -> l.softmaxRows(x, 1, n, z)),
        new Named<>("softmax, rows of 5", (l, x, y, z, n) -> l.softmaxRows(x, n / 5, 5, z)),
        new Named<>("softmax, 7 rows", (l, x, y, z, n) -> l.softmaxRows(x, 7, n / 7, z)),
        new Named<>("logSumExp, one row", (l, x, y, z, n) -> l.logSumExpRows(x, 1, n, z)),
        new Named<>("logSumExp, 7 rows", (l, x, y, z, n) -> l.logSumExpRows(x, 7, n / 7, z)),
        new Named<>("sumRows, 3 rows", (l, x, y, z, n) -> l.sumRows(x, 3, n / 3, z)),
        new Named<>("sumRows, rows of 6", (l, x, y, z, n) -> l.sumRows(x, n / 6, 6, z)),
        new Named<>("sumColumns, 6 rows", (l, x, y, z, n) -> l.sumColumns(x, 6, n / 6, z)),
        new Named<>("sumColumns, rows of 19", (l, x, y, z, n) -> l.sumColumns(x, n / 19, 19, z)),
        new Named<>("sumAround", (l, x, y, z, n) -> l.sumAround(x, 3, 2, n / 6, 0, 2, z)),
        new Named<>(
            "transpose, 37 rows",
            (l, x, y, z, n) -> l.transpose(x, 1, n / 37, 37, n / 37, z, 2, 37)),
        new Named<>(
            "transpose, 19 of 23 columns",
            (l, x, y, z, n) -> l.transpose(x, 3, 23, n / 23, 19, z, 1, n / 23)));
  }

  static Stream<Named<DoubleLoop>> doubleLoops() {
    return Stream.of(
        new Named<>("sum", (l, x, y, z, n) -> z[0] = l.sum(x, 1, n)),
        new Named<>("dot", (l, x, y, z, n) -> z[0] = l.dot(x, 2, y, 1, n)),
        new Named<>("max", (l, x, y, z, n) -> z[0] = l.max(x, 1, n)),
        new Named<>("softmax, 7 rows", (l, x, y, z, n) -> l.softmaxRows(x, 7, n / 7, z)),
        new Named<>("sumRows, 3 rows", (l, x, y, z, n) -> l.sumRows(x, 3, n / 3, z)),
        new Named<>("sumColumns, 6 rows", (l, x, y, z, n) -> l.sumColumns(x, 6, n / 6, z)),
        new Named<>(
            "transpose, 37 rows",
            (l, x, y, z, n) -> l.transpose(x, 1, n / 37, 37, n / 37, z, 2, 37)));
  }

  @ParameterizedTest
  @MethodSource({"elementwise", "reductions"})
  void floatLoopsHaveTheSameBits(Named<Loop> named) {
    for (int n : Samples.SIZES) {
      float[] y = Samples.floats(n + 3, 2);
      for (float[] x :
          new float[][] {Samples.floats(n + 3, 1), Samples.floatsWithSpecials(n + 3, 3)}) {
        float[] expected = Samples.floats(n + 30, 4);
        float[] actual = expected.clone();
        named.loop().run(PLAIN, x, y, expected, n);
        named.loop().run(new FloatVectorLoops(true), x, y, actual, n);
        assertThat(actual).as("%s of %d", named, n).containsExactly(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("doubleLoops")
  void doubleLoopsHaveTheSameBits(Named<DoubleLoop> named) {
    for (int n : Samples.SIZES) {
      double[] x = Samples.doubles(n + 3, 1);
      double[] y = Samples.doubles(n + 3, 2);
      double[] expected = Samples.doubles(n + 30, 4);
      double[] actual = expected.clone();
      named.loop().run(PLAIN_DOUBLES, x, y, expected, n);
      named.loop().run(new DoubleVectorLoops(true), x, y, actual, n);
      assertThat(actual).as("%s of %d", named, n).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("elementwise")
  void anElementsResultDependsOnNothingElse(Named<Loop> named) {
    int n = 100;
    float[] x = Samples.floatsWithSpecials(n, 6);
    float[] together = new float[n];
    float[] alone = new float[1];
    named.loop().run(new FloatVectorLoops(true), x, x, together, n);
    for (int i = 0; i < n; i++) {
      named.loop().run(new FloatVectorLoops(true), new float[] {x[i]}, x, alone, 1);
      assertThat(together[i]).as("%s of %s at %d", named, x[i], i).isEqualTo((Float) alone[0]);
    }
  }
}
