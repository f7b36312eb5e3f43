package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Checks derivatives from outside: against finite differences of the function itself, in `F64`.
///
/// ```java
/// GradCheck.standard().check((Tensor x) -> Tensor.apply(new Softsign(), x), Tensor.of(-1.2, 0.4, 3.0));
/// ```
///
/// For random directions ẋ (one input at a time) and cotangents ȳ it compares `⟨ȳ, f(x + tẋ)⟩′` at
/// `t = 0`, by the fourth-order stencil `(8(φ(h) − φ(−h)) − (φ(2h) − φ(−2h))) / 12h` with `h =
/// 10⁻⁴·max(1, |x|)`, with `⟨vjp(ȳ), ẋ⟩` and with `⟨ȳ, jvp(ẋ)⟩`. The estimate at `h/2` must agree
/// with the one at `h`, else the point is inconclusive (a kink is near); at most a fifth of the
/// points may be. The vjp must be linear in ȳ. Then the vjp is checked as a function in its turn:
/// order 2 by default.
///
/// If something differs, every op of the tape is checked alone and the first wrong one is named.
public final class GradCheck {
  private static final double STEP = 1e-4;

  private final int order;
  private final double tolerance;
  private final int directions;
  private final long seed;

  private GradCheck(int order, double tolerance, int directions, long seed) {
    this.order = order;
    this.tolerance = tolerance;
    this.directions = directions;
    this.seed = seed;
  }

  /// Order 2, tolerance 10⁻⁸, five directions an input.
  public static GradCheck standard() {
    return new GradCheck(2, 1e-8, 5, 20);
  }

  /// The highest order of derivative to check.
  public GradCheck order(int order) {
    if (order < 1) {
      throw new IllegalArgumentException("an order is at least 1, got " + order);
    }
    return new GradCheck(order, tolerance, directions, seed);
  }

  /// The largest error allowed, relative to `max(1, |derivative|)`.
  public GradCheck tolerance(double tolerance) {
    return new GradCheck(order, tolerance, directions, seed);
  }

  /// How many random directions are tried for each input.
  public GradCheck directions(int directions) {
    return new GradCheck(order, tolerance, directions, seed);
  }

  /// Where the random directions come from.
  public GradCheck seed(long seed) {
    return new GradCheck(order, tolerance, directions, seed);
  }

  /// Checks the derivatives of `f` at a point with respect to all of its `F64` tensors; integer and
  /// boolean ones are held.
  ///
  /// @throws GradCheckFailure if a derivative is wrong, or the point is inconclusive
  public <A, B> void check(Function<A, B> f, A at) {
    Struct<A> in = Struct.of(at);
    List<Tensor> leaves = in.flatten(at);
    int[] floats = floats(leaves, in.names());
    if (floats.length == 0) {
      throw new IllegalArgumentException(
          "a gradient check needs an F64 tensor to differentiate, got none");
    }
    Function<List<Tensor>, List<Tensor>> flat =
        some -> {
          List<Tensor> all = new ArrayList<>(leaves);
          for (int i = 0; i < floats.length; i++) {
            all.set(floats[i], some.get(i));
          }
          return results(f.apply(in.build(all))).stream().filter(y -> y.dtype().isFloat()).toList();
        };
    List<String> names = IntStream.of(floats).mapToObj(in.names()::get).toList();
    List<Tensor> x = IntStream.of(floats).mapToObj(leaves::get).toList();
    Finding wrong;
    try {
      wrong = wrong(flat, x, names, 1, Key.of(seed));
    } catch (ShapeException | DTypeException e) {
      String culprit = Diagnosis.culprit(this, flat, x);
      if (culprit == null) {
        throw e;
      }
      throw new GradCheckFailure(culprit);
    }
    if (wrong != null) {
      String culprit = Diagnosis.culprit(this, flat, x);
      throw new GradCheckFailure(culprit != null ? culprit : wrong.what());
    }
  }

  /// What a check finds.
  ///
  /// @param what the sentence
  /// @param f the function that has the wrong derivative: the one given, or its vjp at order 2
  /// @param order the order of that derivative
  /// @param kind whether numbers differ, linearity fails, or nothing can be said
  record Finding(String what, Function<List<Tensor>, List<Tensor>> f, int order, Kind kind) {
    enum Kind {
      DIFFERS,
      BENT,
      INCONCLUSIVE
    }
  }

  private static <B> List<Tensor> results(B result) {
    return Struct.untied(result).flatten(result);
  }

  private static int[] floats(List<Tensor> leaves, List<String> names) {
    return IntStream.range(0, leaves.size())
        .filter(i -> {
          if (leaves.get(i).dtype() == DType.F32) {
            throw new DTypeException(
                "a gradient check needs F64, got F32 at " + names.get(i) + "; use to(DType.F64)");
          }
          return leaves.get(i).dtype() == DType.F64;
        })
        .toArray();
  }

  /// What is wrong with the derivatives of `f`, or `null`.
  @Nullable Finding wrong(
      Function<List<Tensor>, List<Tensor>> f,
      List<Tensor> x,
      List<String> names,
      int now,
      Key key) {
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, x);
    List<Tensor> y = tape.run(x);
    Key[] keys = key.split(directions + 2);
    List<Tensor> fixed = like(y, keys[directions]);
    var vjp = tape.vjp(Function.identity());
    var jvp = tape.jvp(Function.identity());
    String bent = notLinear(vjp, x, y, names, fixed, keys[directions + 1]);
    if (bent != null) {
      return new Finding(bent, f, now, Finding.Kind.BENT);
    }
    int inconclusive = 0;
    for (int leaf = 0; leaf < x.size(); leaf++) {
      for (int d = 0; d < directions && x.get(leaf).elements() > 0; d++) {
        Key[] draw = keys[d].fold(leaf).split(2);
        List<Tensor> cotangent = like(y, draw[0]);
        List<Tensor> direction = alone(x, leaf, draw[1]);
        double coarse = slope(tape, x, direction, cotangent, STEP);
        double fine = slope(tape, x, direction, cotangent, STEP / 2);
        double scale = Math.max(1, Math.abs(fine));
        if (!(Math.abs(coarse - fine) <= 10 * tolerance * scale)) {
          inconclusive++;
          continue;
        }
        double reverse = dot(vjp.run(new WithCotangent<>(x, cotangent)), direction);
        double forward = dot(cotangent, jvp.run(new WithTangent<>(x, direction)));
        boolean rightBack = Math.abs(reverse - fine) <= tolerance * scale;
        boolean rightForth = Math.abs(forward - fine) <= tolerance * scale;
        if ((!rightBack || !rightForth) && kinked(tape, x, direction, cotangent, scale)) {
          inconclusive++;
        } else if (!rightBack || !rightForth) {
          String what =
              String.format(
                  Locale.ROOT,
                  "the %s with respect to %s is wrong at order %d: by finite differences %.10g, by the rule %.10g"
                      + " (tolerance %.1e)",
                  rightBack ? "jvp" : "vjp",
                  names.get(leaf),
                  now,
                  fine,
                  rightBack ? forward : reverse,
                  tolerance);
          return new Finding(what, f, now, Finding.Kind.DIFFERS);
        }
      }
    }
    int points = directions * x.size();
    if (inconclusive * 5 > points) {
      String what =
          String.format(
              "finite differences are inconclusive in %d of %d directions at order %d: a kink or a singularity is"
                  + " near this point",
              inconclusive, points, now);
      return new Finding(what, f, now, Finding.Kind.INCONCLUSIVE);
    }
    if (now >= order) {
      return null;
    }
    Function<List<Tensor>, List<Tensor>> next = some -> vjp.run(new WithCotangent<>(some, fixed));
    return wrong(next, x, names, now + 1, keys[directions + 1]);
  }

  /// `vjp(2a − 3b) = 2 vjp(a) − 3 vjp(b)`.
  private @Nullable String notLinear(
      Tape<WithCotangent<List<Tensor>, List<Tensor>>, List<Tensor>> vjp,
      List<Tensor> x,
      List<Tensor> y,
      List<String> names,
      List<Tensor> a,
      Key key) {
    List<Tensor> b = like(y, key);
    List<Tensor> both = new ArrayList<>();
    for (int k = 0; k < y.size(); k++) {
      both.add(a.get(k).mul(2).sub(b.get(k).mul(3)));
    }
    List<Tensor> fromBoth = vjp.run(new WithCotangent<>(x, both));
    List<Tensor> fromA = vjp.run(new WithCotangent<>(x, a));
    List<Tensor> fromB = vjp.run(new WithCotangent<>(x, b));
    for (int i = 0; i < x.size(); i++) {
      double[] got = fromBoth.get(i).toDoubles();
      double[] p = fromA.get(i).toDoubles();
      double[] q = fromB.get(i).toDoubles();
      for (int e = 0; e < got.length; e++) {
        double want = 2 * p[e] - 3 * q[e];
        double scale = Math.max(1, Math.abs(2 * p[e]) + Math.abs(3 * q[e]));
        if (Math.abs(got[e] - want) > tolerance * scale) {
          return "the vjp with respect to "
              + names.get(i)
              + " is not linear in its cotangent: 2a - 3b gives "
              + got[e]
              + ", needed "
              + want;
        }
      }
    }
    return null;
  }

  private static List<Tensor> like(List<Tensor> y, Key key) {
    List<Tensor> random = new ArrayList<>();
    for (int k = 0; k < y.size(); k++) {
      random.add(key.fold(k).normal(y.get(k).shape(), DType.F64));
    }
    return random;
  }

  /// A direction that moves one input only, longer where the input is large.
  private static List<Tensor> alone(List<Tensor> x, int leaf, Key key) {
    List<Tensor> direction = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      Tensor at = x.get(i);
      direction.add(
          i == leaf
              ? key.normal(at.shape(), DType.F64).mul(at.abs().maximum(1))
              : Tensor.zeros(at.shape(), DType.F64));
    }
    return direction;
  }

  /// Whether the slopes ahead and behind differ by a jump that does not shrink with the step: then
  /// the point lies on a kink, where differences say the mean and a rule may say anything between.
  private static boolean kinked(
      Tape<List<Tensor>, List<Tensor>> tape,
      List<Tensor> x,
      List<Tensor> direction,
      List<Tensor> cotangent,
      double scale) {
    double here = along(tape, x, direction, cotangent, 0);
    double[] jump = new double[2];
    for (int k = 0; k < 2; k++) {
      double h = STEP / (1 << (3 * k));
      double ahead = along(tape, x, direction, cotangent, h) - here;
      double behind = here - along(tape, x, direction, cotangent, -h);
      jump[k] = Math.abs(ahead - behind) / h;
    }
    return jump[1] > 1e-6 * scale && jump[1] > jump[0] / 2;
  }

  private static double slope(
      Tape<List<Tensor>, List<Tensor>> tape,
      List<Tensor> x,
      List<Tensor> direction,
      List<Tensor> cotangent,
      double h) {
    double one = along(tape, x, direction, cotangent, h) - along(tape, x, direction, cotangent, -h);
    double two =
        along(tape, x, direction, cotangent, 2 * h) - along(tape, x, direction, cotangent, -2 * h);
    return (8 * one - two) / (12 * h);
  }

  private static double along(
      Tape<List<Tensor>, List<Tensor>> tape,
      List<Tensor> x,
      List<Tensor> direction,
      List<Tensor> cotangent,
      double t) {
    List<Tensor> moved = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      moved.add(x.get(i).add(direction.get(i).mul(t)));
    }
    return dot(tape.run(moved), cotangent);
  }

  private static double dot(List<Tensor> a, List<Tensor> b) {
    double sum = 0;
    for (int k = 0; k < a.size(); k++) {
      double[] p = a.get(k).toDoubles();
      double[] q = b.get(k).toDoubles();
      for (int i = 0; i < p.length; i++) {
        sum += p[i] * q[i];
      }
    }
    return sum;
  }
}
