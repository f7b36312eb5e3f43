package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op of the engine gets the whole battery of [OpCheck], at every sample.
class OpRulesTest {
  static Stream<OpSamples.Sample> all() {
    return OpSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyOpKeepsWhatOpsPromise(OpSamples.Sample sample) {
    OpCheck.standard().check(sample.op(), sample.inputs().toArray(Tensor[]::new));
  }

  @ParameterizedTest
  @MethodSource("all")
  void anOpThatSaysSoKeepsTheSpecOfItsInputs(OpSamples.Sample sample) {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      Spec spec = Spec.of(Shape.of(2, 3), dtype);
      Spec[] in = new Spec[sample.inputs().size()];
      Arrays.fill(in, spec);
      if (sample.op().keepsSpec()) {
        assertThat(sample.op().infer(in)).containsExactly(spec);
      }
    }
  }

  @Test
  void noOpIsWithoutASample() throws IOException, URISyntaxException {
    Set<String> sampled =
        all().map(s -> s.op().getClass().getSimpleName()).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    OpRegistry.all().forEach(op -> missing.add(op.getSimpleName()));
    assertThat(missing).hasSizeGreaterThan(60);
    missing.removeAll(sampled);
    assertThat(missing).as("ops without a sample").isEmpty();
  }
}
