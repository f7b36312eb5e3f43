package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Completeness;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.RandomAttribution;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The whole table at once.
class BenchmarkTest {
  private static final Baseline ZEROS = Baseline.zeros();
  private static final Tensor W = Oracles.draw(40, 8, 3);
  private static final Function<Tensor, Tensor> SUM = v -> v.matmul(W);
  private static final Tensor X = Oracles.draw(41, 30, 8);

  /// An explainer that cannot.
  private record Helpless() implements Explainer {
    @Override
    public String name() {
      return "helpless";
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of();
    }

    @Override
    public Completeness completeness() {
      return Completeness.NONE;
    }

    @Override
    public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
      throw new IllegalArgumentException("no rule for softmax at Model.java:41");
    }
  }

  private static final Benchmark BENCHMARK =
      Benchmark.of(SUM, X)
          .explainers(
              new GradientTimesInput(),
              IntegratedGradients.from(ZEROS),
              new Helpless(),
              new RandomAttribution(1))
          .metrics(
              Infidelity.of(ZEROS),
              FaithfulnessCorrelation.of(ZEROS),
              new PointingGame(),
              new Consistency(3));

  private static final BenchmarkResult RESULT = BENCHMARK.run();

  @Test
  void theExactExplanationWinsAndItsEqualIsTied() {
    assertThat(RESULT.mean(0, 1)).isGreaterThan(.999999);
    assertThat(RESULT.rows().get(3).cells().get(1).interval().high()).isLessThan(.5);
    assertThat(RESULT.best(1)).isIn(0, 1);
    assertThat(RESULT.standing(3, 1)).isEqualTo(BenchmarkResult.Standing.WORSE);
    assertThat(RESULT.standing(3, 0)).isEqualTo(BenchmarkResult.Standing.WORSE);
    BenchmarkResult twice =
        Benchmark.of(SUM, X)
            .explainers(new Saliency(), new Saliency())
            .metrics(new Sparseness())
            .run();
    assertThat(twice.standing(0, 0)).isEqualTo(BenchmarkResult.Standing.BEST);
    assertThat(twice.standing(1, 0)).isEqualTo(BenchmarkResult.Standing.TIED);
  }

  @Test
  void nothingIsSkippedSilently() {
    BenchmarkResult.Row helpless = RESULT.rows().get(2);
    assertThat(helpless.explained()).isFalse();
    assertThat(helpless.failure()).isEqualTo("no rule for softmax at Model.java:41");
    assertThat(RESULT.standing(2, 0)).isEqualTo(BenchmarkResult.Standing.NONE);
    assertThat(RESULT.rows().get(0).cells().get(2).failure())
        .isEqualTo("localisation needs a mask of where scores should lie, got none");
    assertThat(RESULT.best(2)).isEqualTo(-1);
    assertThat(RESULT.toString())
        .contains("helpless              no rule for softmax at Model.java:41\n")
        .contains(
            "random, pointing-game: localisation needs a mask of where scores should lie, got"
                + " none\n")
        .contains("Means over 30 examples ± half of the 95 % interval")
        .contains("higher", "lower");
    assertThat(RESULT.figure("Table").svg()).contains("no rule for softmax", "no number");
  }

  @Test
  void theTableIsAligned() {
    List<String> lines =
        RESULT.toString().lines().filter(line -> line.matches(".*±.*[*~ ]?")).limit(3).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines).extracting(line -> line.indexOf('±')).doesNotContain(-1);
    assertThat(RESULT.toString().lines().limit(4))
        .anySatisfy(line -> assertThat(line).contains("correlation"));
  }

  @Test
  void theSameSeedGivesTheSameTableInParallelToo() {
    String json = RESULT.json();
    assertThat(BENCHMARK.run().json()).isEqualTo(json);
    assertThat(BENCHMARK.inParallel().run().json()).isEqualTo(json);
    assertThat(BENCHMARK.seed(9).run().json()).isNotEqualTo(json);
  }

  @Test
  void itIsWrittenWithTheNumberOfEveryExample() throws Exception {
    Map<?, ?> all = (Map<?, ?>) Objects.requireNonNull(Json.parse(RESULT.json()));
    assertThat(list(all, "metrics")).hasSize(4);
    Map<?, ?> first = (Map<?, ?>) list(all, "explainers").getFirst();
    Map<?, ?> cell = (Map<?, ?>) list(first, "cells").get(1);
    assertThat(list(cell, "values")).hasSize(30);
    assertThat(first.get("failure")).isNull();
  }

  private static List<?> list(Map<?, ?> in, String key) {
    return (List<?>) Objects.requireNonNull(in.get(key));
  }

  @Test
  void progressIsToldAndCanCancel() {
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    BENCHMARK.progress((done, most) -> told.add(done * 100 + most)).run();
    assertThat(told.getLast()).isEqualTo(2020);
    assertThat(told).hasSize(3 * 5 + 1).isSorted();
    Benchmark cancelled =
        BENCHMARK.progress((done, _) -> {
          if (done > 2) {
            throw new IllegalStateException("enough");
          }
        });
    assertThatThrownBy(cancelled::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
  }

  @Test
  void whatHasTheSameNameIsToldApartByItsParameters() {
    BenchmarkResult result =
        Benchmark.of(SUM, X)
            .target(Target.at(1))
            .explainers(
                IntegratedGradients.from(ZEROS), IntegratedGradients.from(Baseline.constant(1)))
            .metrics(new TopKIntersection(1), new TopKIntersection(2))
            .masks(X)
            .run();
    assertThat(result.columns())
        .containsExactly("top-k-intersection, k 1", "top-k-intersection, k 2");
    assertThat(result.rows())
        .extracting(BenchmarkResult.Row::name)
        .containsExactly(
            "integrated-gradients, baseline zeros", "integrated-gradients, baseline all 1.0");
    assertThat(result.target()).isEqualTo("output 1");
  }

  @Test
  void explainersThatFailAreLeftOutOfTheAgreement() {
    AgreementMatrix matrix = RESULT.agreement();
    assertThat(matrix.methods())
        .containsExactly("gradient-x-input", "integrated-gradients", "random");
    assertThat(matrix.values()[0][1]).isGreaterThan(.999);
    assertThat(matrix.values()[0][2]).isLessThan(.3);
  }

  @Test
  void anEmptyTableIsRefused() {
    assertThatThrownBy(() -> Benchmark.of(SUM, X).explainers(new Saliency()).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a benchmark needs explainers and metrics, got 1 and 0");
  }

  @Test
  void intervalsHoldTheMeanAsOftenAsTheySay() {
    int held = 0;
    for (int k = 0; k < 400; k++) {
      double[] draws = Oracles.draw(1000 + k, 40).toDoubles();
      held += Interval.of(draws, Key.of(k)).holds(0) ? 1 : 0;
    }
    assertThat(held / 400.0).isBetween(.91, .98);
  }

  @Test
  void anIntervalSaysHowManyExamplesHaveNoNumber() {
    double[] values = new double[20];
    Arrays.fill(values, .25);
    values[3] = Double.NaN;
    Interval interval = Interval.of(values, Key.of(1));
    assertThat(interval).isEqualTo(new Interval(.25, .25, .25, 19, 20));
    assertThat(interval).hasToString("0.250 (0.250 to 0.250), 1 of 20 without");
    Arrays.fill(values, Double.NaN);
    assertThat(Interval.of(values, Key.of(1))).hasToString("none, 20 of 20 without");
    assertThat(Interval.digits(12345)).isEqualTo("12345");
    assertThat(Interval.digits(1.2345e-7)).isEqualTo("1.2e-07");
    assertThat(Interval.digits(0)).isEqualTo("0");
  }
}
