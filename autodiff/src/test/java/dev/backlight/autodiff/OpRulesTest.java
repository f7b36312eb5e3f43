package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  @ParameterizedTest
  @MethodSource("all")
  void oneCotangentIsThatOfAllAtOnce(OpSamples.Sample sample) {
    Tensor[] x = sample.inputs().toArray(Tensor[]::new);
    Tensor[] y = Tensor.applyAll(sample.op(), x);
    boolean[] needed = new boolean[x.length];
    for (int i = 0; i < x.length; i++) {
      needed[i] = x[i].dtype().isFloat();
    }
    @Nullable Tensor[] g = new Tensor[y.length];
    for (int k = 0; k < y.length; k++) {
      g[k] = y[k].dtype().isFloat() ? y[k].mul(.3).add(1) : null;
    }
    Site at = new Site(sample.op(), x, y, g, needed, "here");
    @Nullable Tensor[] all = sample.op().vjps(at);
    for (int i = 0; i < x.length; i++) {
      Tensor one = needed[i] ? sample.op().vjp(i, at) : null;
      assertThat(one == null).isEqualTo(all[i] == null);
      if (one != null && all[i] != null) {
        assertThat(one.sameAs(all[i])).isTrue();
      }
    }
  }

  @Test
  void derivativesOfNothingAreNothing() {
    Tensor none = Tensor.zeros(Shape.of(2, 0), DType.F64);
    for (UnaryOperator<Tensor> f :
        List.<UnaryOperator<Tensor>>of(
            x -> x.recurrence(x, 1),
            x -> x.logCumSumExp(1),
            x -> x.cumprod(1),
            x -> x.cumsum(1),
            x -> x.sort(1).values())) {
      Tensor gradient = Tape.record((Tensor x) -> f.apply(x).sum(), none).gradient().run(none);
      assertThat(gradient.shape()).isEqualTo(none.shape());
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
