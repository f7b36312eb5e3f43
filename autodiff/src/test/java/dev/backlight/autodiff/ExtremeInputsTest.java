package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.MatrixException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op at values and shapes that break things: forward, backward and on a replay it answers
/// with the right shapes, or refuses in words.
class ExtremeInputsTest {
  private static final double[][] PATTERNS = {
    {1000, -1000},
    {0.0, -0.0},
    {1e-310, -1e-310, 4.9e-324},
    {1e-40, -1e-45},
    {1e300, -1e300, Double.MAX_VALUE},
    {1e38, -3.4e38},
    {Double.POSITIVE_INFINITY, 1, Double.NEGATIVE_INFINITY},
    {Double.NaN, 1, -1},
    {1},
    {-1}
  };

  static Stream<OpSamples.Sample> samples() {
    return OpSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void noValueBreaksAnOp(OpSamples.Sample sample) {
    for (double[] pattern : PATTERNS) {
      for (DType dtype : List.of(DType.F64, DType.F32)) {
        List<Tensor> x =
            sample.inputs().stream().map(t -> patterned(t, t.shape(), dtype, pattern)).toList();
        asks(sample.op(), x, true);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void noShapeBreaksAnOp(OpSamples.Sample sample) {
    for (Function<Shape, Shape> change : changes(sample)) {
      List<Tensor> x =
          sample.inputs().stream()
              .map(t -> patterned(t, change.apply(t.shape()), DType.F64, .3, -1.2, .7, 2.1))
              .toList();
      asks(sample.op(), x, false);
    }
  }

  /// One size replaced by 0, 1 or another wherever it stands, all axes of size 1, no axis at all.
  private static List<Function<Shape, Shape>> changes(OpSamples.Sample sample) {
    Set<Integer> sizes = new LinkedHashSet<>();
    sample.inputs().forEach(t -> IntStream.of(t.shape().sizes()).forEach(sizes::add));
    Stream<Function<Shape, Shape>> renamed =
        sizes.stream()
            .flatMap(old ->
                Stream.of(0, 1, 5)
                    .map(size -> (Function<Shape, Shape>) shape -> renamed(shape, old, size)));
    Stream<Function<Shape, Shape>> extreme =
        Stream.of(
            shape -> Shape.SCALAR,
            shape -> all(shape, 1),
            shape -> all(shape, 0),
            shape -> shape.prepend(1),
            shape -> shape.prepend(0));
    return Stream.concat(renamed, extreme).toList();
  }

  private static Shape renamed(Shape shape, int old, int size) {
    return Shape.of(IntStream.of(shape.sizes()).map(s -> s == old ? size : s).toArray());
  }

  private static Shape all(Shape shape, int size) {
    return Shape.of(IntStream.of(shape.sizes()).map(_ -> size).toArray());
  }

  private static Tensor patterned(Tensor t, Shape shape, DType dtype, double... pattern) {
    int n = shape.elements();
    double[] values = new double[n];
    boolean kept = !t.dtype().isFloat();
    double[] old = kept ? t.toDoubles() : pattern;
    for (int e = 0; e < n; e++) {
      values[e] = old.length == 0 ? 0 : old[e % old.length];
    }
    Tensor wide = Tensor.of(shape, values);
    return kept
        ? t.dtype() == DType.BOOL ? wide.ne(0) : wide.to(t.dtype())
        : wide.to(t.dtype() == DType.F64 ? dtype : t.dtype());
  }

  /// Runs, replays and derives; a refusal in words is an answer.
  private static void asks(Op op, List<Tensor> x, boolean mustFit) {
    String what = op + " of " + x.stream().map(Tensor::spec).toList() + " such as " + first(x);
    Tensor[] in = x.toArray(Tensor[]::new);
    Spec[] made = inferred(op, what, x.stream().map(Tensor::spec).toArray(Spec[]::new));
    if (made == null) {
      assertThat(mustFit).as("%s is refused for its shape", what).isFalse();
      return;
    }
    Tensor[] y;
    try {
      y = Tensor.applyAll(op, in);
    } catch (RuntimeException e) {
      assertThat(isInWords(e)).as("%s: %s", what, e).isTrue();
      return;
    }
    assertThat(Arrays.stream(y).map(Tensor::spec)).as(what).containsExactly(made);
    try {
      Tape<List<Tensor>, List<Tensor>> tape =
          Tape.record(v -> List.of(Tensor.applyAll(op, v.toArray(Tensor[]::new))), distinct(x));
      List<Tensor> replayed = tape.player().play(distinct(x));
      for (int k = 0; k < y.length; k++) {
        assertThat(replayed.get(k).sameAs(y[k])).as("a replay of %s", what).isTrue();
      }
      derives(op, x, what);
    } catch (MatrixException e) {
      // There is a value here, but no derivative: a matrix without full rank has no QR slope.
      assertThat(isInWords(e)).as("%s: %s", what, e).isTrue();
    } catch (RuntimeException e) {
      throw new AssertionError(what, e);
    }
  }

  private static void derives(Op op, List<Tensor> x, String what) {
    int[] floats = IntStream.range(0, x.size()).filter(i -> x.get(i).dtype().isFloat()).toArray();
    if (floats.length == 0) {
      return;
    }
    List<Tensor> at = distinct(IntStream.of(floats).mapToObj(x::get).toList());
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            some -> {
              Tensor[] all = x.toArray(Tensor[]::new);
              for (int i = 0; i < floats.length; i++) {
                all[floats[i]] = some.get(i);
              }
              return Stream.of(Tensor.applyAll(op, all)).filter(y -> y.dtype().isFloat()).toList();
            },
            at);
    List<Tensor> ones = tape.run(at).stream().map(y -> Tensor.ones(y.shape(), y.dtype())).toList();
    List<Tensor> back = tape.vjp(v -> v).run(new WithCotangent<>(at, ones));
    List<Tensor> forth = tape.jvp(v -> v).run(new WithTangent<>(at, at));
    for (int i = 0; i < at.size(); i++) {
      assertThat(back.get(i).spec()).as("a vjp of %s", what).isEqualTo(at.get(i).spec());
    }
    for (int k = 0; k < ones.size(); k++) {
      assertThat(forth.get(k).spec()).as("a jvp of %s", what).isEqualTo(ones.get(k).spec());
    }
  }

  /// One tensor in two places would be one input.
  private static List<Tensor> distinct(List<Tensor> x) {
    return x.stream()
        .map(t -> Tensor.over(java.util.Objects.requireNonNull(t.block()).copy()))
        .toList();
  }

  private static Spec @Nullable [] inferred(Op op, String what, Spec... specs) {
    try {
      return op.infer(specs);
    } catch (ShapeException | DTypeException e) {
      assertThat(e.getMessage()).as(what).contains("got");
      return null;
    }
  }

  /// Errors about values (a matrix that is not positive definite, an index out of range) are
  /// answers; those of arrays and arithmetic are not.
  private static boolean isInWords(RuntimeException e) {
    boolean insides =
        e instanceof ArrayIndexOutOfBoundsException
            || e instanceof NullPointerException
            || e instanceof ArithmeticException
            || e instanceof NegativeArraySizeException
            || e instanceof ClassCastException
            || e instanceof IllegalStateException;
    return !insides && String.valueOf(e.getMessage()).contains("got");
  }

  private static String first(List<Tensor> x) {
    return x.isEmpty() || x.getFirst().elements() == 0 ? "nothing" : x.getFirst().toString();
  }

  @Test
  void theShapesThatAreTriedReachEmptyAndScalarTensors() {
    long empty =
        samples()
            .flatMap(s -> changes(s).stream().map(c -> c.apply(s.inputs().getFirst().shape())))
            .filter(shape -> shape.elements() == 0)
            .count();
    assertThat(empty).isGreaterThan(100);
  }
}
