package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyTest {
  private static final int N = 100_000;

  @Test
  void theSameKeyGivesTheSameDraws() {
    Key key = Key.of(7);
    Tensor first = key.normal(Shape.of(50), DType.F64);
    assertThat(key.normal(Shape.of(50), DType.F64).sameAs(first)).isTrue();
    assertThat(Key.of(7).normal(Shape.of(50), DType.F64).sameAs(first)).isTrue();
    assertThat(Key.of(8).normal(Shape.of(50), DType.F64).sameAs(first)).isFalse();
  }

  @Test
  void theShapeChangesNoDraw() {
    Key key = Key.of(1);
    double[] many = key.normal(Shape.of(3, 5, 7), DType.F64).toDoubles();
    for (int n = 0; n < 8; n++) {
      assertThat(key.normal(Shape.of(n), DType.F64).toDoubles()).isEqualTo(Arrays.copyOf(many, n));
    }
    assertThat(key.integers(Shape.of(5), 0, 100).toInts())
        .isEqualTo(Arrays.copyOf(key.integers(Shape.of(3, 4), 0, 100).toInts(), 5));
  }

  // Written down so that no later version changes what a seed means; computed by a program in
  // Python.
  @Test
  void theDrawsOfASeedNeverChange() {
    Key key = Key.of(42);
    assertThat(key.uniform(Shape.of(3), DType.F64).toDoubles())
        .isEqualTo(new double[] {0.4685865183391049, 0.34086154938517876, 0.32706338120338474});
    assertThat(key.normal(Shape.of(3), DType.F64).toDoubles())
        .usingComparatorWithPrecision(1e-15)
        .containsExactly(-0.6076510539335191, 0.9461447819697152, -0.8536440633116089);
    assertThat(key.bernoulli(Shape.of(5), 0.5).toBooleans())
        .isEqualTo(new boolean[] {true, true, true, true, false});
    assertThat(key.integers(Shape.of(5), 0, 1000).toInts())
        .isEqualTo(new int[] {468, 340, 327, 454, 658});
    assertThat(key.permutation(6)).isEqualTo(new int[] {2, 3, 1, 4, 5, 0});
    assertThat(key.fold(3)).isEqualTo(new Key(0x9aa4878c72f02c44L, 0xc2c25a9cf6ad85f7L));
    assertThat(key.split().second()).isEqualTo(new Key(0x3f807eeb05662846L, 0x4db745fe4d08ef6L));
  }

  @Test
  void theFirstDrawsAreTheBitsOfTheGenerator() {
    // Philox of counter 0 and key 0 begins 6627e8d5 e169c58d: the second word is the upper one.
    double expected = (0xe169c58d_6627e8d5L >>> 11) * 0x1p-53;
    assertThat(Key.of(0).uniform(Shape.of(1), DType.F64).at(0)).isEqualTo(expected);
  }

  @Test
  void floatsAreTheDoublesWithFewerDigits() {
    Key key = Key.of(3);
    double[] uniform = key.uniform(Shape.of(1000), DType.F64).toDoubles();
    float[] uniforms = key.uniform(Shape.of(1000), DType.F32).toFloats();
    double[] normal = key.normal(Shape.of(1001), DType.F64).toDoubles();
    float[] normals = key.normal(Shape.of(1001), DType.F32).toFloats();
    for (int i = 0; i < 1000; i++) {
      assertThat((double) uniforms[i]).isEqualTo(Math.floor(uniform[i] * 0x1p24) * 0x1p-24);
      assertThat(normals[i]).isEqualTo((float) normal[i]);
    }
  }

  @Test
  void splitsAndFoldsAreAllDifferentAndTheFirstOnesDoNotDependOnTheCount() {
    Key key = Key.of(5);
    Set<Key> keys = new HashSet<>(Arrays.asList(key.split(1000)));
    for (int i = -500; i < 500; i++) {
      keys.add(key.fold(i));
    }
    keys.add(key);
    assertThat(keys).hasSize(2001);
    assertThat(key.split(3)).isEqualTo(Arrays.copyOf(key.split(10), 3));
    assertThat(key.split()).isEqualTo(new Key.Pair(key.split(2)[0], key.split(2)[1]));
    assertThat(key.split(0)).isEmpty();
  }

  @Test
  void drawsOfSplitKeysAreNotCorrelated() {
    Key key = Key.of(11);
    double[] own = key.normal(Shape.of(N), DType.F64).toDoubles();
    double[] first = key.split().first().normal(Shape.of(N), DType.F64).toDoubles();
    double[] second = key.split().second().normal(Shape.of(N), DType.F64).toDoubles();
    double[] folded = key.fold(0).normal(Shape.of(N), DType.F64).toDoubles();
    // Four standard errors of a correlation of independent draws.
    double bound = 4 / Math.sqrt(N);
    assertThat(dot(own, first) / N).isCloseTo(0, within(bound));
    assertThat(dot(own, folded) / N).isCloseTo(0, within(bound));
    assertThat(dot(first, second) / N).isCloseTo(0, within(bound));
    assertThat(dot(first, folded) / N).isCloseTo(0, within(bound));
  }

  @Test
  void uniformsAreFlat() {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      double[] u = Key.of(1).uniform(Shape.of(N), dtype).toDoubles();
      int[] counts = new int[100];
      for (double x : u) {
        assertThat(x).isGreaterThanOrEqualTo(0).isLessThan(1);
        counts[(int) (x * 100)]++;
      }
      assertThat(mean(u)).isCloseTo(0.5, within(4 * Math.sqrt(1 / 12.0 / N)));
      assertThat(chiSquare(counts, N)).isBetween(99 - 4 * Math.sqrt(198), 99 + 4 * Math.sqrt(198));
    }
  }

  @Test
  void uniformsBetweenBoundsNeverReachTheUpperOne() {
    float high = Math.nextUp(1f);
    assertThat(Key.of(1).uniform(Shape.of(N), DType.F32, 1, high).toDoubles()).containsOnly(1.0);
    double[] u = Key.of(2).uniform(Shape.of(N), DType.F64, -3, 5).toDoubles();
    assertThat(Arrays.stream(u).min().orElseThrow()).isBetween(-3.0, -2.99);
    assertThat(Arrays.stream(u).max().orElseThrow()).isBetween(4.99, 5.0);
    assertThat(mean(u)).isCloseTo(1, within(4 * 8 * Math.sqrt(1 / 12.0 / N)));
  }

  @Test
  void normalsHaveTheMomentsAndTheTailsOfANormal() {
    double[] x = Key.of(1).normal(Shape.of(N), DType.F64).toDoubles();
    assertThat(mean(x)).isCloseTo(0, within(4 / Math.sqrt(N)));
    assertThat(dot(x, x) / N).isCloseTo(1, within(4 * Math.sqrt(2.0 / N)));
    double[] squares = Arrays.stream(x).map(v -> v * v).toArray();
    assertThat(dot(squares, x) / N).isCloseTo(0, within(4 * Math.sqrt(15.0 / N)));
    assertThat(dot(squares, squares) / N).isCloseTo(3, within(4 * Math.sqrt(96.0 / N)));
    // P(|x| > 1.959964) = 0.05
    long beyond = Arrays.stream(x).filter(v -> Math.abs(v) > 1.959964).count();
    assertThat(beyond / (double) N).isCloseTo(0.05, within(4 * Math.sqrt(0.05 * 0.95 / N)));
  }

  @Test
  void bernoulliIsTrueAsOftenAsAsked() {
    assertThat(trues(0)).isZero();
    assertThat(trues(1)).isEqualTo(N);
    assertThat(trues(0.3) / (double) N).isCloseTo(0.3, within(4 * Math.sqrt(0.21 / N)));
  }

  private static long trues(double p) {
    boolean[] draws = Key.of(9).bernoulli(Shape.of(N), p).toBooleans();
    return IntStream.range(0, N).filter(i -> draws[i]).count();
  }

  @Test
  void integersAreFlatAndStayWithinTheirBounds() {
    int[] counts = new int[7];
    for (int x : Key.of(1).integers(Shape.of(N), -3, 4).toInts()) {
      counts[x + 3]++;
    }
    assertThat(chiSquare(counts, N)).isLessThan(22.5); // p = 0.001 with 6 degrees of freedom
    assertThat(Key.of(1).integers(Shape.of(50), 5, 6).toInts()).containsOnly(5);
    double[] all =
        Key.of(1).integers(Shape.of(N), Integer.MIN_VALUE, Integer.MAX_VALUE).toDoubles();
    assertThat(Arrays.stream(all).min().orElseThrow()).isLessThan(-2e9);
    assertThat(Arrays.stream(all).max().orElseThrow()).isGreaterThan(2e9);
    assertThat(mean(all)).isCloseTo(0, within(4 * 0x1p32 * Math.sqrt(1 / 12.0 / N)));
  }

  @Test
  void everyOrderIsAsLikelyAsAnyOther() {
    int[] counts = new int[64];
    for (int seed = 0; seed < 24_000; seed++) {
      int[] p = Key.of(seed).permutation(4);
      assertThat(p).containsExactlyInAnyOrder(0, 1, 2, 3);
      counts[p[0] * 16 + p[1] * 4 + p[2]]++;
    }
    int[] orders = Arrays.stream(counts).filter(count -> count > 0).toArray();
    assertThat(orders).hasSize(24);
    assertThat(chiSquare(orders, 24_000)).isLessThan(49.7); // p = 0.001 with 23 degrees of freedom
    assertThat(Key.of(0).permutation(0)).isEmpty();
  }

  @Test
  void consecutiveSeedsAreIndependent() {
    double[] first = new double[10_000];
    for (int seed = 0; seed < first.length; seed++) {
      first[seed] = Key.of(seed).normal(Shape.SCALAR, DType.F64).item();
    }
    double bound = 4 / Math.sqrt(first.length);
    assertThat(mean(first)).isCloseTo(0, within(bound));
    assertThat(dot(Arrays.copyOf(first, 9_999), Arrays.copyOfRange(first, 1, 10_000)) / 9_999)
        .isCloseTo(0, within(bound));
  }

  @Test
  void whatCannotBeDrawnIsRefused() {
    Key key = Key.of(0);
    assertThatThrownBy(() -> key.uniform(Shape.of(1), DType.I32))
        .isInstanceOf(DTypeException.class)
        .hasMessage("uniform needs F32 or F64, got I32");
    assertThatThrownBy(() -> key.normal(Shape.of(1), DType.BOOL))
        .isInstanceOf(DTypeException.class)
        .hasMessage("normal needs F32 or F64, got BOOL");
    assertThatThrownBy(() -> key.uniform(Shape.of(1), DType.F64, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("uniform needs low < high, finitely apart in F64, got 1.0 and 1.0");
    assertThatThrownBy(() -> key.uniform(Shape.of(1), DType.F32, 0, 1e300))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("uniform needs low < high, finitely apart in F32, got 0.0 and 1.0E300");
    assertThatThrownBy(() -> key.uniform(Shape.of(1), DType.F64, Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("uniform needs low < high, finitely apart in F64, got NaN and 1.0");
    assertThatThrownBy(() -> key.bernoulli(Shape.of(1), 1.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bernoulli needs a probability in 0..1, got 1.5");
    assertThatThrownBy(() -> key.bernoulli(Shape.of(1), Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bernoulli needs a probability in 0..1, got NaN");
    assertThatThrownBy(() -> key.integers(Shape.of(1), 3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("integers needs low < high, got 3 and 3");
    assertThatThrownBy(() -> key.permutation(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("permutation needs a count of at least 0, got -1");
    assertThatThrownBy(() -> key.split(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("split needs a count of at least 0, got -1");
  }

  private static double mean(double[] x) {
    return Arrays.stream(x).average().orElseThrow();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double chiSquare(int[] counts, int n) {
    double expected = n / (double) counts.length;
    return Arrays.stream(counts).mapToDouble(c -> (c - expected) * (c - expected) / expected).sum();
  }
}
