package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The same questions to every metric.
class MetricContractTest {
  private static final Key KEY = Key.of(8);
  private static final Tensor X = Oracles.draw(20, 3, 8).add(.1);
  private static final Tensor MASK = X.mul(0).add(Tensor.of(1., 1, 0, 0, 0, 1, 0, 0));

  private static Explained explained(Tensor x) {
    DType dtype = x.dtype();
    Tensor hidden = Oracles.draw(21, 8, 6).to(dtype);
    Tensor out = Oracles.draw(22, 6, 3).to(dtype);
    Function<Tensor, Tensor> model = v -> v.matmul(hidden).tanh().matmul(out).add(5);
    Tensor mask = MASK.slice(0, 0, x.size(0));
    return Explained.of(new Saliency(), model, x, Target.at(1)).masked(mask);
  }

  /// Eight pictures of any size, told by how much is in their planes.
  private static Explained pictures(DType dtype) {
    Tensor x = Oracles.draw(23, 8, 2, 3, 3).to(dtype);
    Tensor out = Tensor.of(new double[][] {{1, 2, 0}, {3, 2, 3}}).to(dtype);
    Function<Tensor, Tensor> model = v -> v.square().sum(2, 3).matmul(out);
    return Explained.of(new GradientTimesInput(), model, x, Target.at(1));
  }

  /// What a metric is asked about.
  private static Explained asked(Metric metric, DType dtype) {
    return metric instanceof Focus ? pictures(dtype) : explained(X.to(dtype));
  }

  /// Whether an example needs the others.
  private static boolean compares(Metric metric) {
    return metric instanceof Consistency
        || metric instanceof Sufficiency
        || metric instanceof Focus;
  }

  private static Stream<DynamicTest> each(BiConsumer<Metric, double[]> question) {
    return OraclesTest.entries().stream()
        // Eight features are two planes of 2 × 2.
        .map(entry ->
            entry.name().equals("road")
                ? new Road(Replacement.imputed(2, 2, .01), 3)
                : entry.metric())
        .map(metric ->
            DynamicTest.dynamicTest(
                metric.name(),
                () -> question.accept(metric, metric.of(asked(metric, DType.F64), KEY))));
  }

  @TestFactory
  Stream<DynamicTest> theSameKeyGivesTheSameBits() {
    return each((metric, numbers) ->
        assertThat(metric.of(asked(metric, DType.F64), KEY)).containsExactly(numbers));
  }

  @TestFactory
  Stream<DynamicTest> anExampleGetsWhatItGetsAlone() {
    return each((metric, numbers) -> {
      for (int i = 0; i < numbers.length && !compares(metric); i++) {
        Explained one = explained(X.slice(0, i, i + 1));
        double[] alone = metric.of(one, KEY);
        assertThat(alone).hasSize(1);
        if (i == 0) {
          assertThat(alone[0]).isCloseTo(numbers[0], within(1e-9));
        }
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> numbersAreWithinTheScale() {
    return each((metric, numbers) -> {
      Scale scale = metric.scale();
      assertThat(Arrays.stream(numbers).filter(v -> !Double.isNaN(v)))
          .allSatisfy(v -> assertThat(v).isBetween(scale.low() - 1e-9, scale.high() + 1e-9));
      if (!compares(metric) || metric instanceof Focus) {
        assertThat(numbers).doesNotContain(Double.NaN);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> bothPrecisionsAgree() {
    return each((metric, numbers) ->
        assertThat(metric.of(asked(metric, DType.F32), KEY))
            .containsExactly(numbers, within(2e-2)));
  }

  @TestFactory
  Stream<DynamicTest> whatIsNotFiniteIsNotJudged() {
    return each((metric, numbers) -> {
      Explained whole = asked(metric, DType.F64);
      double[][] scores = whole.scores();
      scores[1][4] = Double.NaN;
      double[] judged = metric.of(Oracles.with(whole, scores), KEY);
      assertThat(judged[1]).isNaN();
      if (!compares(metric) || metric instanceof Focus) {
        assertThat(judged[0]).isCloseTo(numbers[0], within(1e-9));
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> parametersAreWrittenAsJson() {
    return each((metric, _) -> {
      assertThat(Json.write(metric.parameters(), Json.Style.PRETTY)).doesNotContain("@");
      // Whose change a stability is relative to is a part of its name.
      int named = metric instanceof RelativeStability ? 1 : 0;
      int chosen = metric.getClass().getRecordComponents().length;
      assertThat(metric.parameters()).hasSize(chosen - named);
    });
  }

  @Test
  void metricsAreFoundByName() {
    Baseline zeros = Baseline.zeros();
    assertThat(Metrics.named("sparseness", zeros)).isEqualTo(new Sparseness());
    assertThatThrownBy(() -> Metrics.named("beauty", zeros))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a metric is one of completeness-gap, non-sensitivity, ")
        .hasMessageEndingWith("random-logit, got beauty");
  }
}
