package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.References.Case;
import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every function of `Tensor` against numbers of another library: values, gradients and
/// Hessian-vector products.
class ReferenceTest {
  private static final double TOLERANCE = 1e-10;
  private static final Map<String, Fn> FUNCTIONS = References.functions();

  static Stream<Case> cases() {
    return References.cases().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAreThoseOfTheReference(Case c) {
    Tensor[] got = function(c).of(c.inputs().toArray(Tensor[]::new));
    assertThat(got).hasSameSizeAs(c.outputs());
    for (int k = 0; k < got.length; k++) {
      near("output " + k + " of " + c, got[k], c.outputs().get(k));
    }
  }

  static Stream<Case> withGradients() {
    return cases().filter(c -> !c.gradients().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("withGradients")
  void gradientsAreThoseOfTheReference(Case c) {
    List<Tensor> at = floats(c);
    List<Tensor> got = vjp(c).run(new WithCotangent<>(at, c.cotangents()));
    for (int i = 0; i < got.size(); i++) {
      near(
          "the gradient of " + c + " with respect to float input " + i,
          got.get(i),
          c.gradients().get(i));
    }
  }

  static Stream<Case> withSecondDerivatives() {
    return cases().filter(c -> !c.hvp().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("withSecondDerivatives")
  void hessianVectorProductsAreThoseOfTheReference(Case c) {
    List<Tensor> at = floats(c);
    var vjp = vjp(c);
    Tape<List<Tensor>, List<Tensor>> gradient =
        Tape.record(in -> vjp.run(new WithCotangent<>(in, c.cotangents())), at);
    List<Tensor> got =
        gradient.jvp(Function.<List<Tensor>>identity()).run(new WithTangent<>(at, c.direction()));
    for (int i = 0; i < got.size(); i++) {
      near("the second derivative of " + c + " at float input " + i, got.get(i), c.hvp().get(i));
    }
  }

  @Test
  void everyPublicFunctionHasAReferenceAndEveryReferenceAFunction() {
    Set<String> asked = cases().map(Case::function).collect(Collectors.toCollection(TreeSet::new));
    Set<String> missing = new TreeSet<>(References.methods().keySet());
    missing.removeAll(asked);
    assertThat(missing).as("functions without a case in src/test/reference/*_cases.py").isEmpty();
    Set<String> named = cases().map(Case::name).collect(Collectors.toCollection(TreeSet::new));
    assertThat(named).as("cases and their functions").isEqualTo(new TreeSet<>(FUNCTIONS.keySet()));
    assertThat(References.methods()).hasSizeGreaterThan(100);
  }

  private static Fn function(Case c) {
    return Objects.requireNonNull(FUNCTIONS.get(c.name()), "no function for " + c);
  }

  private static List<Tensor> floats(Case c) {
    return c.inputs().stream().filter(t -> t.dtype() == DType.F64).toList();
  }

  private static Tape<WithCotangent<List<Tensor>, List<Tensor>>, List<Tensor>> vjp(Case c) {
    return Tape.record(References.smooth(function(c), c.inputs()), floats(c))
        .vjp(Function.identity());
  }

  private static void near(String what, Tensor got, Tensor want) {
    assertThat(got.shape()).as(what).isEqualTo(want.shape());
    double[] a = got.toDoubles();
    double[] b = want.toDoubles();
    double scale =
        IntStream.range(0, b.length)
            .mapToDouble(e -> Math.abs(b[e]))
            .filter(Double::isFinite)
            .max()
            .orElse(0);
    for (int e = 0; e < b.length; e++) {
      boolean same = Double.compare(a[e] + 0.0, b[e] + 0.0) == 0;
      assertThat(same || Math.abs(a[e] - b[e]) <= TOLERANCE * Math.max(scale, 1e-3))
          .as("%s at element %d: needed %s, got %s", what, e, b[e], a[e])
          .isTrue();
    }
  }
}
