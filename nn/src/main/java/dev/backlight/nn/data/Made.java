package dev.backlight.nn.data;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// Data sets that are made rather than read: small, known to the last digit, of `F32`, and the same
/// for the same key. Classes take turns: row `i` belongs to class `i mod k`.
///
/// All but [#parity] lie in a plane, with the features `x` and `y`; `noise` is the standard
/// deviation of a Gaussian added to each.
public final class Made {
  private static final List<String> PLANE = List.of("x", "y");

  private Made() {}

  /// A point of a class; `t` in `[0, 1)` is where along it.
  @FunctionalInterface
  private interface Curve {
    double[] at(int label, double t);
  }

  /// Arms of a spiral that wind around each other: class `c` of k lies at the radius `t` in `[0,
  /// 1)` and the angle `2π (turns · t + c / k)`.
  public static Dataset spirals(int n, int classes, double turns, double noise, Key key) {
    return plane(
        "spirals",
        n,
        classes,
        noise,
        key,
        (label, t) -> {
          double angle = 2 * Math.PI * (turns * t + (double) label / classes);
          return new double[] {t * StrictMath.cos(angle), t * StrictMath.sin(angle)};
        });
  }

  /// Two half circles that reach into each other: `(cos a, sin a)` and `(1 − cos a, ½ − sin a)` for
  /// angles `a` in `[0, π)`, as scikit-learn's `make_moons`.
  public static Dataset moons(int n, double noise, Key key) {
    return plane(
        "moons",
        n,
        2,
        noise,
        key,
        (label, t) -> {
          double x = StrictMath.cos(Math.PI * t);
          double y = StrictMath.sin(Math.PI * t);
          return label == 0 ? new double[] {x, y} : new double[] {1 - x, 0.5 - y};
        });
  }

  /// A circle of radius 1, and one of radius `factor` inside it, as scikit-learn's `make_circles`.
  ///
  /// @param factor the radius of the inner one, in `[0, 1)`
  public static Dataset circles(int n, double factor, double noise, Key key) {
    if (!(factor >= 0 && factor < 1)) {
      throw new IllegalArgumentException("circles need a factor in [0, 1), got " + factor);
    }
    return plane(
        "circles",
        n,
        2,
        noise,
        key,
        (label, t) -> {
          double radius = label == 0 ? 1 : factor;
          double angle = 2 * Math.PI * t;
          return new double[] {radius * StrictMath.cos(angle), radius * StrictMath.sin(angle)};
        });
  }

  /// Gaussian clouds around these centers (k, d), with this standard deviation in every direction;
  /// features are `x0`, `x1` and so on.
  public static Dataset blobs(int n, Tensor centers, double deviation, Key key) {
    if (centers.rank() != 2 || centers.size(0) < 1 || centers.size(1) < 1) {
      throw new IllegalArgumentException("blobs need centers (k, d), got " + centers.shape());
    }
    int k = centers.size(0);
    int d = centers.size(1);
    requireRows("blobs", n, k);
    double[] at = centers.toDoubles();
    double[] points = new double[Math.multiplyExact(n, d)];
    for (int i = 0; i < points.length; i++) {
      points[i] = at[i / d % k * d + i % d];
    }
    List<String> features = IntStream.range(0, d).mapToObj(i -> "x" + i).toList();
    return data(points, d, k, features, deviation, key);
  }

  /// Rows of `bits` zeros and ones, and whether the ones among them are odd in number: a function
  /// in which no bit alone says anything. All `2^bits` rows, in the order of binary numbers, the
  /// last feature being the lowest bit.
  ///
  /// @param bits from 1 to 20
  public static Dataset parity(int bits) {
    if (bits < 1 || bits > 20) {
      throw new IllegalArgumentException("parity needs 1 to 20 bits, got " + bits);
    }
    int n = 1 << bits;
    Block x = Block.allocate(Spec.of(Shape.of(n, bits), DType.F32));
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      for (int b = 0; b < bits; b++) {
        x.set(i * bits + b, i >> (bits - 1 - b) & 1);
      }
      labels[i] = Integer.bitCount(i) & 1;
    }
    List<String> features = IntStream.range(0, bits).mapToObj(b -> "bit" + b).toList();
    return Dataset.of(Tensor.over(x), Tensor.of(labels), features, List.of("even", "odd"));
  }

  /// Rows of classes that take turns, evenly spread along curves: the rows of a class are at `t =
  /// 0, 1/m, 2/m, ...` with m of them.
  private static Dataset plane(
      String what, int n, int classes, double noise, Key key, Curve curve) {
    requireRows(what, n, classes);
    double[] points = new double[2 * n];
    for (int i = 0; i < n; i++) {
      int label = i % classes;
      int rows = (n - label + classes - 1) / classes;
      int row = i / classes;
      double[] point = curve.at(label, (double) row / rows);
      points[2 * i] = point[0];
      points[2 * i + 1] = point[1];
    }
    return data(points, 2, classes, PLANE, noise, key);
  }

  private static Dataset data(
      double[] points, int d, int classes, List<String> features, double noise, Key key) {
    if (!(noise >= 0 && Double.isFinite(noise))) {
      throw new IllegalArgumentException("noise needs a deviation of at least 0, got " + noise);
    }
    int n = points.length / d;
    Shape shape = Shape.of(n, d);
    double[] drawn = key.normal(shape, DType.F64).toDoubles();
    Block x = Block.allocate(Spec.of(shape, DType.F32));
    for (int i = 0; i < points.length; i++) {
      x.set(i, points[i] + noise * drawn[i]);
    }
    int[] labels = IntStream.range(0, n).map(i -> i % classes).toArray();
    List<String> names = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    return Dataset.of(Tensor.over(x), Tensor.of(labels), features, names);
  }

  private static void requireRows(String what, int n, int classes) {
    if (classes < 1 || n < classes) {
      throw new IllegalArgumentException(
          what + " need a row for each of at least 1 class, got " + n + " rows of " + classes);
    }
  }
}
