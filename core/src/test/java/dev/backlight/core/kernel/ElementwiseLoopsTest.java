package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.op.Erf;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The loops over elements: what they answer at the edges, and that they may write onto what they
/// read.
class ElementwiseLoopsTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float MAX = Float.MAX_VALUE;
  private static final float MIN = Float.MIN_VALUE;

  static final FloatLoops[] BACKENDS = {new FloatScalarLoops(), new FloatVectorLoops(true)};

  interface Unary {
    void run(FloatLoops loops, float[] x, float[] y, int n);
  }

  record Case(String name, Unary loop, float... points) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Pairs of x and what comes out.
  static final Case[] EDGES = {
    new Case("neg", FloatLoops::neg, 0f, -0f, NAN, NAN, INF, -INF),
    new Case("abs", FloatLoops::abs, -0f, 0f, -INF, INF, NAN, NAN, -2f, 2f),
    new Case(
        "sqrt",
        FloatLoops::sqrt,
        -0f,
        -0f,
        -1f,
        NAN,
        INF,
        INF,
        MIN,
        0x1p-75f * 1.41421356f,
        4f,
        2f),
    new Case(
        "reciprocal",
        FloatLoops::reciprocal,
        0f,
        INF,
        -0f,
        -INF,
        INF,
        0f,
        -INF,
        -0f,
        NAN,
        NAN,
        MIN,
        INF),
    new Case("square", FloatLoops::square, -3f, 9f, -0f, 0f, MAX, INF, NAN, NAN),
    new Case(
        "relu", FloatLoops::relu, -1f, 0f, -0f, 0f, 0f, 0f, 2f, 2f, NAN, NAN, -INF, 0f, INF, INF),
    new Case(
        "exp",
        FloatLoops::exp,
        0f,
        1f,
        -0f,
        1f,
        INF,
        INF,
        -INF,
        0f,
        NAN,
        NAN,
        88.8f,
        INF,
        MAX,
        INF,
        -103.9f,
        MIN,
        -104f,
        0f,
        -MAX,
        0f,
        MIN,
        1f),
    new Case(
        "log",
        FloatLoops::log,
        1f,
        0f,
        0f,
        -INF,
        -0f,
        -INF,
        -1f,
        NAN,
        -MIN,
        NAN,
        INF,
        INF,
        -INF,
        NAN,
        NAN,
        NAN,
        MIN,
        -103.27893f,
        MAX,
        88.72284f),
    new Case(
        "tanh",
        FloatLoops::tanh,
        0f,
        0f,
        -0f,
        -0f,
        INF,
        1f,
        -INF,
        -1f,
        NAN,
        NAN,
        MIN,
        MIN,
        -MIN,
        -MIN,
        MAX,
        1f,
        9.1f,
        1f,
        1e-20f,
        1e-20f),
    new Case(
        "erf",
        FloatLoops::erf,
        0f,
        0f,
        -0f,
        -0f,
        INF,
        1f,
        -INF,
        -1f,
        NAN,
        NAN,
        MIN,
        MIN,
        -MIN,
        -MIN,
        MAX,
        1f,
        4f,
        1f),
    new Case(
        "sigmoid",
        FloatLoops::sigmoid,
        0f,
        0.5f,
        -0f,
        0.5f,
        INF,
        1f,
        -INF,
        0f,
        NAN,
        NAN,
        20f,
        1f,
        -103.9f,
        MIN,
        -104f,
        0f,
        MAX,
        1f,
        -MAX,
        0f),
    new Case(
        "scale by 2", (l, x, y, n) -> l.scale(x, 2f, y, n), 3f, 6f, -0f, -0f, MAX, INF, NAN, NAN),
    new Case(
        "shift by 2", (l, x, y, n) -> l.shift(x, 2f, y, n), 3f, 5f, -2f, 0f, INF, INF, NAN, NAN),
    new Case("over 0", (l, x, y, n) -> l.over(x, 0f, y, n), 3f, INF, -3f, -INF, 0f, NAN, NAN, NAN)
  };

  @ParameterizedTest
  @FieldSource("EDGES")
  void edgesAreWhatTheTableSays(Case edge) {
    for (FloatLoops loops : BACKENDS) {
      for (int i = 0; i < edge.points().length; i += 2) {
        // In the first vector, in the last one and in the remainder.
        float[] x = new float[67];
        Arrays.fill(x, edge.points()[i]);
        float[] y = new float[67];
        edge.loop().run(loops, x, y, 67);
        float[] expected = new float[67];
        Arrays.fill(expected, edge.points()[i + 1]);
        assertThat(y).as("%s of %s", edge, x[0]).containsExactly(expected);
      }
    }
  }

  @ParameterizedTest
  @FieldSource("EDGES")
  void aLoopMayWriteOntoItsInput(Case named) {
    for (FloatLoops loops : BACKENDS) {
      float[] x = Samples.floats(77, 5);
      float[] apart = new float[77];
      named.loop().run(loops, x, apart, 77);
      named.loop().run(loops, x, x, 77);
      assertThat(x).containsExactly(apart);
    }
  }

  @Test
  void extremesOfTwoFollowMath() {
    float[] x = {1f, -0f, 0f, NAN, 1f, INF};
    float[] y = {2f, 0f, -0f, 1f, NAN, -INF};
    float[] z = new float[6];
    FloatLoops.current().maximum(x, y, z, 6);
    assertThat(z).containsExactly(2f, 0f, 0f, NAN, NAN, INF);
    FloatLoops.current().minimum(x, y, z, 6);
    assertThat(z).containsExactly(1f, -0f, -0f, NAN, NAN, -INF);
  }

  @Test
  void arithmeticOfTwoIsJavas() {
    int n = 101;
    float[] x = Samples.floatsWithSpecials(n, 1);
    float[] y = Samples.floatsWithSpecials(n, 2);
    float[] c = Samples.floats(n, 3);
    float[] sum = new float[n];
    float[] difference = new float[n];
    float[] product = new float[n];
    float[] quotient = new float[n];
    float[] fused = new float[n];
    FloatLoops loops = FloatLoops.current();
    loops.add(x, y, sum, n);
    loops.sub(x, y, difference, n);
    loops.mul(x, y, product, n);
    loops.div(x, y, quotient, n);
    loops.fma(x, y, c, fused, n);
    for (int i = 0; i < n; i++) {
      assertThat(sum[i]).isEqualTo(Float.valueOf(x[i] + y[i]));
      assertThat(difference[i]).isEqualTo(Float.valueOf(x[i] - y[i]));
      assertThat(product[i]).isEqualTo(Float.valueOf(x[i] * y[i]));
      assertThat(quotient[i]).isEqualTo(Float.valueOf(x[i] / y[i]));
      assertThat(fused[i]).isEqualTo(Float.valueOf(Math.fma(x[i], y[i], c[i])));
    }
    loops.add(x, y, y, n);
    assertThat(y).containsExactly(sum);
  }

  /// A function and the ulps it must stay below, a little above the worst ever measured.
  record Accuracy(String name, Unary loop, DoubleUnaryOperator truth, double ulps) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Accuracy> accuracies() {
    return Stream.of(
        new Accuracy("exp", FloatLoops::exp, Math::exp, 1),
        new Accuracy("log", FloatLoops::log, Math::log, 0.9),
        new Accuracy("tanh", FloatLoops::tanh, Math::tanh, 1.3),
        new Accuracy("sigmoid", FloatLoops::sigmoid, ElementwiseLoopsTest::sigmoid, 1.5),
        new Accuracy("erf", FloatLoops::erf, new Erf()::f, 1.25));
  }

  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  @ParameterizedTest
  @MethodSource("accuracies")
  void transcendentalsAreAccurateOverTheWholeRange(Accuracy function) {
    // Every 4999th of all floats (a prime, so that all low bits occur), as both backends have the
    // same bits.
    int step = 4999;
    int n = (int) ((1L << 32) / step) + 1;
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = Float.intBitsToFloat((int) (Integer.MIN_VALUE + (long) i * step));
    }
    float[] y = new float[n];
    function.loop().run(FloatLoops.current(), x, y, n);
    double worst = 0;
    float at = 0;
    for (int i = 0; i < n; i++) {
      double truth = function.truth().applyAsDouble(x[i]);
      float rounded = (float) truth;
      if (Float.isNaN(rounded) || Float.isInfinite(rounded) || Float.isInfinite(y[i])) {
        assertThat(y[i]).as("%s of %s", function, x[i]).isEqualTo((Float) rounded);
        continue;
      }
      double error = Math.abs(y[i] - truth) / Math.ulp(rounded);
      if (!(error <= worst)) {
        worst = error;
        at = x[i];
      }
    }
    assertThat(worst).as("ulps of %s, the most at %s", function, at).isLessThan(function.ulps());
  }
}
