package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Case;
import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every function of `Tensor`, at the points of the reference cases: what [OpCheck] asks of tapes
/// and derivatives, to order 3.
class FunctionRulesTest {
  private static final Map<String, Fn> FUNCTIONS = References.functions();

  static Stream<Case> away() {
    return References.cases().stream().filter(Case::isForDifferences);
  }

  @ParameterizedTest
  @MethodSource("away")
  void everyFunctionKeepsWhatOpsPromise(Case c) {
    Fn fn = java.util.Objects.requireNonNull(FUNCTIONS.get(c.name()));
    OpCheck.standard()
        .check(
            c.name(),
            in -> List.of(fn.of(in.toArray(Tensor[]::new))),
            c.inputs().toArray(Tensor[]::new));
  }
}
