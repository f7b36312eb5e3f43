package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.fusion.Consensus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The same questions to every method that draws.
class AnytimeTest {
  private static final Tensor X = Nets.draw(8, DType.F64, 3, 10);
  private static final Tensor ROWS = Nets.draw(5, DType.F64, 60, 10);
  private static final Baseline ZEROS = Baseline.zeros();
  private static final Target TARGET = Target.each(1, 0, 2);

  private static Tensor model(Tensor x) {
    return x.matmul(Nets.draw(6, DType.F64, 10, 8)).tanh().matmul(Nets.draw(7, DType.F64, 8, 3));
  }

  /// Methods with few enough draws to be asked often, by their seed.
  private static Map<String, LongFunction<Anytime>> all() {
    Map<String, LongFunction<Anytime>> all = new TreeMap<>();
    all.put("shapley-sampling", seed -> ShapleySampling.from(ZEROS).pairs(40).seed(seed));
    all.put("kernel-shap", seed -> KernelShap.from(ZEROS).samples(900).seed(seed));
    all.put("lime", seed -> Lime.from(ZEROS).width(1).samples(200).seed(seed));
    all.put("rise", seed -> Rise.from(ZEROS).cells(3).samples(200).seed(seed));
    all.put("feature-permutation", seed -> FeaturePermutation.among(ROWS).draws(30).seed(seed));
    all.put("expected-gradients", seed -> ExpectedGradients.from(ROWS, 60, seed));
    for (SmoothGrad.Kind kind : SmoothGrad.Kind.values()) {
      LongFunction<Anytime> smooth = seed -> SmoothGrad.of(new Saliency(), .2, 160, seed).as(kind);
      all.put(smooth.apply(0).name(), smooth);
    }
    return all;
  }

  private static Stream<DynamicTest> each(Consumer<LongFunction<Anytime>> question) {
    return all().entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> question.accept(e.getValue())));
  }

  private static Attribution of(Explainer method) {
    return method.explain(AnytimeTest::model, X, TARGET);
  }

  private static Tensor errors(Attribution a) {
    return Objects.requireNonNull(a.spread(), "standard errors");
  }

  private static double largest(Attribution a) {
    return errors(a).amax().item();
  }

  @Test
  void everyMethodThatDrawsIsHere() {
    assertThat(
            Contracts.all(ROWS).stream()
                .map(Contracts.Contract::explainer)
                .filter(e -> e.parameters().containsKey("seed"))
                // It draws to judge its members, not its scores.
                .filter(e -> !(e instanceof Consensus))
                .map(Explainer::name))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(all().keySet().stream(), Stream.of("random")).toList());
  }

  @TestFactory
  Stream<DynamicTest> standardErrorsAreHowMuchScoresScatter() {
    return each(method -> {
      int seeds = 24;
      Tensor sum = X.mul(0);
      Tensor squares = X.mul(0);
      Tensor variances = X.mul(0);
      for (int seed = 0; seed < seeds; seed++) {
        Attribution a = of(method.apply(seed));
        sum = sum.add(a.scores());
        squares = squares.add(a.scores().square());
        variances = variances.add(errors(a).square());
      }
      double scatter = squares.sub(sum.square().div(seeds)).div(seeds - 1).sum().item();
      double told = variances.div(seeds).sum().item();
      // One draw from each part of the path scatters less than draws from the whole of it.
      double least = method.apply(0) instanceof ExpectedGradients ? .2 : .6;
      assertThat(scatter / told).isBetween(least, 1.6);
    });
  }

  @TestFactory
  Stream<DynamicTest> itStopsWhereStandardErrorsAreSmallEnough() {
    return each(method -> {
      Attribution whole = of(method.apply(3));
      double enough = 1.2 * largest(whole);
      Attribution a = of(method.apply(3).until(enough));
      assertThat(largest(a)).isLessThanOrEqualTo(enough).isPositive();
      assertThat(a.evaluations()).isLessThan(whole.evaluations());
      assertThat(a.isPartial()).isFalse();
      assertThat(a.parameters()).containsEntry("standardError", enough);
      Attribution coarse = of(method.apply(3).until(3 * enough));
      assertThat(coarse.evaluations()).isLessThan(a.evaluations());
      // Deterministic, and each example for itself.
      assertThat(
              IntStream.range(0, 3)
                  .parallel()
                  .allMatch(_ -> of(method.apply(3).until(enough)).scores().sameAs(a.scores())))
          .isTrue();
      for (int i = 0; i < 3; i++) {
        Attribution alone =
            method
                .apply(3)
                .until(enough)
                .explain(AnytimeTest::model, X.slice(0, i, i + 1), TARGET.example(i));
        assertThat(alone.scores().sameAs(a.of(i).scores())).isTrue();
        assertThat(alone.evaluations()).isLessThanOrEqualTo(a.evaluations());
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> whereTheyNeverAreAllDrawsAreAsked() {
    return each(method -> {
      Attribution a = of(method.apply(3).until(1e-12));
      Attribution whole = of(method.apply(3));
      assertThat(a.evaluations()).isEqualTo(whole.evaluations());
      assertThat(a.isPartial()).isFalse();
      assertThat(a.scores().toDoubles()).containsExactly(whole.scores().toDoubles(), within(1e-12));
      assertThat(errors(a).toDoubles()).containsExactly(errors(whole).toDoubles(), within(1e-9));
    });
  }

  @TestFactory
  Stream<DynamicTest> aCompiledOneStopsAndIsAsSure() {
    return each(method -> {
      for (Explainer e : List.of(method.apply(1), method.apply(1).until(.3))) {
        Attribution got = e.compile(AnytimeTest::model, X, TARGET).explain(X);
        assertThat(got.json()).isEqualTo(of(e).json());
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> whatIsSmallEnoughIsANumberAndNeedsValues() {
    return each(method -> {
      Anytime e = method.apply(0);
      assertThatThrownBy(() -> e.until(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(" needs a finite standard error of at least 0, got -1.0");
      assertThatThrownBy(
              () -> Tape.record(x -> e.until(1).explain(AnytimeTest::model, x, TARGET).scores(), X))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "this method reads values, so explain(…) needs x with values of its own, got a tensor"
                  + " of a recording");
    });
  }

  @Test
  void allOfTheDataLeaveNothingToDoubt() {
    Attribution a = of(FeaturePermutation.among(ROWS).draws(60));
    assertThat(largest(a)).isZero();
    assertThat(largest(of(KernelShap.from(ZEROS).samples(1022)))).isZero();
  }

  /// Everything that asks about points and needs no slopes.
  private static List<Explainer> asking() {
    Tensor rows = ROWS.slice(0, 0, 3);
    return Contracts.all(rows).stream()
        .map(Contracts.Contract::small)
        .filter(e ->
            e instanceof Telling && !(e instanceof SmoothGrad) && !(e instanceof ExpectedGradients))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> whateverAsksABlackBoxTellsHowFarItIs() {
    assertThat(asking().stream().map(Explainer::name))
        .containsExactlyInAnyOrder(
            "occlusion",
            "feature-permutation",
            "shapley-values",
            "shapley-sampling",
            "kernel-shap",
            "lime",
            "rise");
    return Contracts.all(ROWS.slice(0, 0, 3)).stream()
        .map(Contracts.Contract::small)
        .filter(Telling.class::isInstance)
        .map(e ->
            DynamicTest.dynamicTest(
                e.name(),
                () -> {
                  List<long[]> told = new ArrayList<>();
                  ((Telling) e)
                      .telling((done, most) -> told.add(new long[] {done, most}))
                      .explain(AnytimeTest::model, X.slice(0, 0, 1), Target.at(1));
                  long before = 0;
                  for (long[] one : told) {
                    assertThat(one[0]).isGreaterThan(before).isLessThanOrEqualTo(one[1]);
                    before = one[0];
                  }
                  assertThat(told.getLast()[0]).isEqualTo(told.getLast()[1]);
                  // What a progress throws ends it.
                  assertThatThrownBy(() ->
                          ((Telling) e)
                              .telling((_, _) -> {
                                throw new IllegalStateException("enough of that");
                              })
                              .explain(AnytimeTest::model, X, TARGET))
                      .hasMessage("enough of that");
                }));
  }

  @TestFactory
  Stream<DynamicTest> anyFunctionOfValuesIsAskedInBatchesOnManyThreads() {
    return asking().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.name(),
                () -> {
                  List<Integer> asked = new CopyOnWriteArrayList<>();
                  Function<Tensor, Tensor> closed =
                      x -> {
                        asked.add(x.size(0));
                        double[] all = model(x).toDoubles();
                        return Tensor.of(all).reshape(x.size(0), 3);
                      };
                  Attribution plain = e.explain(closed, X, TARGET);
                  assertThat(plain.scores().toDoubles())
                      .containsExactly(of(e).scores().toDoubles(), within(1e-12));
                  int most = asked.stream().mapToInt(n -> n).max().orElse(0);
                  assertThat(most).isGreaterThanOrEqualTo(6);
                  asked.clear();
                  Attribution parts = e.explain(new ParallelModel(closed, 2), X, TARGET);
                  assertThat(parts.scores().toDoubles())
                      .containsExactly(plain.scores().toDoubles(), within(1e-12));
                  assertThat(asked.stream().mapToInt(n -> n).max().orElse(0)).isLessThan(most);
                }));
  }
}
