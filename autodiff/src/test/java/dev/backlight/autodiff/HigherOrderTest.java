package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Derivatives up to the sixth order: of single functions by their closed forms, of compositions by
/// mpmath with 60 digits (`src/test/reference/taylor.py`), of normalisations by differences.
class HigherOrderTest {
  private static final int HIGHEST = 6;

  // ---- single functions ----

  /// The derivatives of order 0 to 6 of an elementwise function at a point.
  private static double[] derivatives(UnaryOperator<Tensor> f, double x) {
    double[] all = new double[HIGHEST + 1];
    Function<Tensor, Tensor> now = f;
    Tensor at = Tensor.scalar(x);
    for (int order = 0; order <= HIGHEST; order++) {
      Tape<Tensor, Tensor> tape = Tape.record(now, at);
      all[order] = tape.run(at).item();
      Tape<Tensor, Tensor> slope = tape.gradient();
      now = slope::run;
    }
    return all;
  }

  /// The value of `p` (coefficients from the constant on) at `y`, and `p ← p′ · q`, again and
  /// again: what derivatives of a function with `y′ = q(y)` are.
  private static double[] flow(double y, double... q) {
    double[] all = new double[HIGHEST + 1];
    double[] p = {0, 1};
    for (int order = 0; order <= HIGHEST; order++) {
      double value = 0;
      for (int k = p.length - 1; k >= 0; k--) {
        value = value * y + p[k];
      }
      all[order] = value;
      double[] next = new double[p.length + q.length];
      for (int a = 1; a < p.length; a++) {
        for (int b = 0; b < q.length; b++) {
          next[a - 1 + b] += a * p[a] * q[b];
        }
      }
      p = next;
    }
    return all;
  }

  /// `scale · d(d-1)…(d-n+1) · x^(d-n)`.
  private static double[] power(double x, double d) {
    double[] all = new double[HIGHEST + 1];
    double factor = 1;
    for (int n = 0; n <= HIGHEST; n++) {
      all[n] = factor == 0 ? 0 : factor * Math.pow(x, d - n);
      factor *= d - n;
    }
    return all;
  }

  private static double[] shifted(double first, double... rest) {
    double[] all = new double[HIGHEST + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, HIGHEST);
    return all;
  }

  static Stream<Arguments> closed() {
    double x = .7;
    double[] ones = new double[HIGHEST + 1];
    java.util.Arrays.fill(ones, Math.exp(x));
    double[] sine =
        IntStream.rangeClosed(0, 6).mapToDouble(n -> Math.sin(x + n * Math.PI / 2)).toArray();
    double[] cosine =
        IntStream.rangeClosed(0, 6).mapToDouble(n -> Math.cos(x + n * Math.PI / 2)).toArray();
    double sigmoid = 1 / (1 + Math.exp(-x));
    return Stream.of(
        Arguments.of("exp", op(Tensor::exp), x, ones),
        Arguments.of("expm1", op(Tensor::expm1), x, shifted(Math.expm1(x), ones)),
        Arguments.of("sin", op(Tensor::sin), x, sine),
        Arguments.of("cos", op(Tensor::cos), x, cosine),
        Arguments.of("tan", op(Tensor::tan), x, flow(Math.tan(x), 1, 0, 1)),
        Arguments.of("tanh", op(Tensor::tanh), x, flow(Math.tanh(x), 1, 0, -1)),
        Arguments.of("sigmoid", op(Tensor::sigmoid), x, flow(sigmoid, 0, 1, -1)),
        Arguments.of(
            "softplus",
            op(Tensor::softplus),
            x,
            shifted(Math.log1p(Math.exp(x)), flow(sigmoid, 0, 1, -1))),
        Arguments.of("log", op(Tensor::log), x, shifted(Math.log(x), power(x, -1))),
        Arguments.of("log1p", op(Tensor::log1p), x, shifted(Math.log1p(x), power(1 + x, -1))),
        Arguments.of("sqrt", op(Tensor::sqrt), x, power(x, .5)),
        Arguments.of("rsqrt", op(Tensor::rsqrt), x, power(x, -.5)),
        Arguments.of("reciprocal", op(Tensor::reciprocal), x, power(x, -1)),
        Arguments.of("square", op(Tensor::square), x, power(x, 2)),
        Arguments.of("x³", op(t -> t.pow(3)), x, power(x, 3)),
        Arguments.of("x³ at 0", op(t -> t.pow(3)), 0, new double[] {0, 0, 0, 6, 0, 0, 0}),
        Arguments.of("x^2.5", op(t -> t.pow(2.5)), x, power(x, 2.5)),
        Arguments.of("elu", op(t -> t.elu(1)), -x, shifted(Math.expm1(-x), repeated(Math.exp(-x)))),
        Arguments.of("relu", op(Tensor::relu), x, new double[] {x, 1, 0, 0, 0, 0, 0}),
        Arguments.of("abs", op(Tensor::abs), -x, new double[] {x, -1, 0, 0, 0, 0, 0}));
  }

  private static double[] repeated(double value) {
    return IntStream.rangeClosed(0, HIGHEST).mapToDouble(_ -> value).toArray();
  }

  private static UnaryOperator<Tensor> op(UnaryOperator<Tensor> f) {
    return f;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("closed")
  void sixDerivativesOfAFunctionAreItsClosedForms(
      String name, UnaryOperator<Tensor> f, double x, double[] want) {
    near(derivatives(f, x), want);
  }

  private static void near(double[] got, double[] want) {
    for (int n = 0; n <= HIGHEST; n++) {
      assertThat(got[n])
          .as("the derivative of order %d", n)
          .isCloseTo(want[n], within(1e-10 * Math.max(1, Math.abs(want[n]))));
    }
  }

  static Stream<Arguments> byMpmath() throws IOException {
    List<?> ones = (List<?>) Objects.requireNonNull(file().get("ones"));
    return ones.stream()
        .map(each -> (Map<?, ?>) each)
        .map(c ->
            Arguments.of(
                String.valueOf(c.get("name")),
                ((Number) Objects.requireNonNull(c.get("x"))).doubleValue(),
                numbers(c.get("derivatives"))));
  }

  /// By gradients of gradients and by Taylor mode.
  @ParameterizedTest(name = "{0}")
  @MethodSource("byMpmath")
  void sixDerivativesOfAFunctionAreThoseOfMpmath(String name, double x, double[] want)
      throws ReflectiveOperationException {
    Method method = Tensor.class.getMethod(name);
    UnaryOperator<Tensor> f = t -> called(method, t);
    near(derivatives(f, x), want);
    near(taylor(f, x), want);
  }

  private static Tensor called(Method method, Tensor t) {
    try {
      return (Tensor) Objects.requireNonNull(method.invoke(t));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double[] taylor(UnaryOperator<Tensor> f, double x) {
    Tensor at = Tensor.scalar(x);
    return Tape.record(f, at).taylor(at, Tensor.scalar(1.), HIGHEST).stream()
        .mapToDouble(Tensor::item)
        .toArray();
  }

  /// A new function of one number is asked, too: every method of a smooth elementwise op is here.
  @Test
  void noSmoothFunctionOfOneNumberIsLeftOut() throws IOException {
    Set<String> asked = byMpmath().map(a -> String.valueOf(a.get()[0])).collect(Collectors.toSet());
    List<String> kinked =
        List.of("abs", "relu", "relu6", "selu", "hardSigmoid", "hardSwish", "hardTanh");
    Set<String> missing = new TreeSet<>();
    for (Method method : Tensor.class.getMethods()) {
      boolean one =
          method.getParameterCount() == 0
              && method.getReturnType() == Tensor.class
              && isElementwise(method);
      if (one && !asked.contains(method.getName()) && !kinked.contains(method.getName())) {
        missing.add(method.getName());
      }
    }
    assertThat(missing).as("functions without a line in taylor.py").isEmpty();
    assertThat(asked).hasSizeGreaterThan(40);
  }

  /// Whether it puts a smooth elementwise op on a tape.
  private static boolean isElementwise(Method method) {
    Tensor x = Tensor.of(.3, .4);
    try {
      Tape<Tensor, Tensor> tape = Tape.record(t -> called(method, t), x);
      return tape.outputSpecs().getFirst().dtype().isFloat()
          && tape.nodes().stream().anyMatch(node -> node.op() instanceof Op.Elementwise);
    } catch (IllegalStateException _) {
      return false;
    }
  }

  // ---- compositions ----

  private static Map<String, UnaryOperator<Tensor>> compositions(Tensor w) {
    Tensor ranks3 = Tensor.of(1., 2, 3);
    Tensor ranks4 = Tensor.of(1., 2, 3, 4);
    Map<String, UnaryOperator<Tensor>> all = new LinkedHashMap<>();
    all.put("tanh network", x -> x.matmul(w).tanh().softmax(0).mul(ranks3).sum());
    all.put("layer norm", x -> x.standardize(.1, 0).tanh().mul(ranks4).sum());
    all.put("softplus and log", x -> x.softplus().log1p().sum());
    all.put("gelu", x -> x.gelu().mul(ranks4).sum());
    all.put(
        "products",
        x ->
            x.get(0)
                .mul(x.get(1))
                .sin()
                .mul(x.get(2).mul(x.get(3)).exp())
                .div(x.get(0).sub(x.get(3)).cos().add(2)));
    all.put("log-sum-exp", x -> x.mul(2).logSumExp(0));
    all.put("norm", Tensor::norm);
    all.put("powers", x -> x.sin().add(2).pow(2.5).sum().pow(-.5));
    all.put("sigmoid gate", x -> x.mul(x.square().sigmoid()).mul(ranks4).sum());
    return all;
  }

  private static Map<?, ?> file() throws IOException {
    try (InputStream in = HigherOrderTest.class.getResourceAsStream("/reference/taylor.json")) {
      return (Map<?, ?>)
          Objects.requireNonNull(Json.parse(Objects.requireNonNull(in).readAllBytes()));
    }
  }

  private static double[] numbers(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list))
        .stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
  }

  static Stream<Arguments> smooth() throws IOException {
    Map<?, ?> file = file();
    List<?> rows = (List<?>) Objects.requireNonNull(file.get("w"));
    double[][] w = rows.stream().map(HigherOrderTest::numbers).toArray(double[][]::new);
    Tensor x = Tensor.of(numbers(file.get("x")));
    Tensor v = Tensor.of(numbers(file.get("v")));
    Map<String, UnaryOperator<Tensor>> all = compositions(Tensor.of(w));
    List<?> cases = (List<?>) Objects.requireNonNull(file.get("cases"));
    assertThat(cases).hasSameSizeAs(all.keySet());
    return cases.stream()
        .map(each -> (Map<?, ?>) each)
        .map(c -> {
          String name = String.valueOf(c.get("name"));
          UnaryOperator<Tensor> f = Objects.requireNonNull(all.get(name));
          UnaryOperator<Tensor> along = t -> f.apply(x.add(v.mul(t)));
          return Arguments.of(name, along, numbers(c.get("derivatives")));
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("smooth")
  void sixDerivativesOfACompositionAreThoseOfMpmath(
      String name, UnaryOperator<Tensor> along, double[] want) {
    near(derivatives(along, 0), want);
    near(taylor(along, 0), want);
  }

  // ---- normalisations ----

  /// A layer norm written out in elementary operations.
  private static Tensor layerNorm(Tensor x, Tensor scale, Tensor shift, double eps) {
    Tensor apart = x.sub(x.meanKeep(1));
    return apart.div(apart.square().meanKeep(1).add(eps).sqrt()).mul(scale).add(shift);
  }

  private static Tensor batchNorm(Tensor x, Tensor scale, Tensor shift, double eps) {
    Tensor apart = x.sub(x.meanKeep(0));
    return apart.mul(apart.square().meanKeep(0).add(eps).rsqrt()).mul(scale).add(shift);
  }

  record Norm(Tensor x, Tensor scale, Tensor shift) {}

  static Stream<Arguments> norms() {
    return Stream.of(
        Arguments.of(
            "layer norm",
            norm(n -> layerNorm(n.x(), n.scale(), n.shift(), 1e-2)),
            norm(n -> n.x().layerNorm(n.scale(), n.shift(), 1e-2))),
        Arguments.of(
            "batch norm",
            norm(n -> batchNorm(n.x(), n.scale(), n.shift(), 1e-2)),
            norm(n -> n.x().batchNorm(n.scale(), n.shift(), 1e-2))));
  }

  private static Function<Norm, Tensor> norm(Function<Norm, Tensor> f) {
    return f;
  }

  /// The third derivative is where fused normalisations of other engines are wrong: asked by
  /// differences of the second, for input, scale and shift together, and of both forms.
  @ParameterizedTest(name = "{0}")
  @MethodSource("norms")
  void thirdDerivativesThroughNormalisationsAreRight(
      String name, Function<Norm, Tensor> closed, Function<Norm, Tensor> fused) {
    Norm at =
        new Norm(
            OpSamples.ramp(Shape.of(3, 4), 41),
            OpSamples.ramp(Shape.of(4), 42),
            OpSamples.ramp(Shape.of(4), 43));
    Tensor weights = OpSamples.ramp(Shape.of(3, 4), 44);
    for (Function<Norm, Tensor> f : List.of(closed, fused)) {
      GradCheck.standard().order(3).check(n -> f.apply(n).tanh().mul(weights).sum(), at);
    }
    Norm direction =
        new Norm(
            OpSamples.ramp(Shape.of(3, 4), 45),
            OpSamples.ramp(Shape.of(4), 46),
            OpSamples.ramp(Shape.of(4), 47));
    double[] one = alongThree(closed, at, direction, weights);
    double[] other = alongThree(fused, at, direction, weights);
    for (int n = 0; n <= 3; n++) {
      assertThat(other[n]).isCloseTo(one[n], within(1e-10 * Math.max(1, Math.abs(one[n]))));
    }
  }

  private static double[] alongThree(
      Function<Norm, Tensor> f, Norm at, Norm direction, Tensor weights) {
    Function<Tensor, Tensor> now =
        t ->
            f.apply(Struct.zip(at, direction, (a, v) -> a.add(v.mul(t)))).tanh().mul(weights).sum();
    double[] all = new double[4];
    Tensor zero = Tensor.zeros(Shape.SCALAR, DType.F64);
    for (int n = 0; n <= 3; n++) {
      Tape<Tensor, Tensor> tape = Tape.record(now, zero);
      all[n] = tape.run(zero).item();
      Tape<Tensor, Tensor> slope = tape.gradient();
      now = slope::run;
    }
    return all;
  }

  // ---- the trap of where ----

  static Stream<Arguments> traps() {
    return Stream.of(
        Arguments.of("log", op(x -> Tensor.where(x.gt(0), x.log(), x.mul(0)))),
        Arguments.of("sqrt", op(x -> Tensor.where(x.gt(0), x.sqrt(), x.mul(0)))),
        Arguments.of("1/x", op(x -> x.ne(0).where(x.reciprocal(), 0))),
        Arguments.of("x/x", op(x -> x.ne(0).where(x.div(x), 0))),
        Arguments.of("x log x", op(x -> x.gt(0).where(x.mul(x.log()), 0))),
        Arguments.of("a power", op(x -> x.gt(0).where(x.pow(.3), 0))),
        Arguments.of("a chain", op(x -> x.gt(0).where(x.sqrt().log().mul(3).tanh(), 0))),
        Arguments.of("nested", op(x -> x.gt(0).where(x.gt(-1).where(x.log(), x.sqrt()), 0))));
  }

  /// A branch that `where` did not select contributes exactly 0, to the gradient and to its
  /// gradient, however infinite its slope.
  @ParameterizedTest(name = "{0}")
  @MethodSource("traps")
  void aBranchThatIsNotSelectedContributesNothingAtOrdersOneAndTwo(
      String name, UnaryOperator<Tensor> f) {
    Tensor x = Tensor.of(0., 2);
    Tape<Tensor, Tensor> tape = Tape.record(v -> f.apply(v).sum(), x);
    Tape<Tensor, Tensor> first = tape.gradient();
    Tape<Tensor, Tensor> second = Tape.record((Tensor v) -> first.run(v).sum(), x).gradient();
    Tensor selected = Tensor.of(2.);
    Tape<Tensor, Tensor> alone = Tape.record((Tensor v) -> f.apply(v).sum(), selected);
    Tape<Tensor, Tensor> aloneFirst = alone.gradient();
    Tape<Tensor, Tensor> aloneSecond =
        Tape.record((Tensor v) -> aloneFirst.run(v).sum(), selected).gradient();
    assertThat(first.run(x).toDoubles()).containsExactly(0, aloneFirst.run(selected).at(0));
    assertThat(second.run(x).toDoubles()).containsExactly(0, aloneSecond.run(selected).at(0));
  }

  @Test
  void anInnerDerivativeDoesNotConfuseItselfWithAnOuterOne() {
    // d/dx [x · d/dy (x + y)] = 1; an engine that mixes the two perturbations answers 2.
    Tensor one = Tensor.scalar(1.);
    Tape<Tensor, Tensor> outer =
        Tape.record(x -> x.mul(Tape.record((Tensor y) -> x.add(y), one).gradient().run(one)), one);
    assertThat(outer.gradient().run(one).item()).isEqualTo(1);
    // d/dx [x · d/dy (x · y²) at y = x] = d/dx 2x³ = 6x².
    Tape<Tensor, Tensor> deeper =
        Tape.record(
            x -> x.mul(Tape.record((Tensor y) -> x.mul(y.square()), one).gradient().run(x)), one);
    assertThat(deeper.gradient().run(Tensor.scalar(1.5)).item()).isEqualTo(6 * 1.5 * 1.5);
  }
}
