package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What every explainer does in service: compiled, in streams, under budgets, cancelled.
class ServingTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Tensor ROWS = Nets.draw(2, DType.F64, 2, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(3, DType.F64, Tensor::tanh, true);
  private static final Target TARGET = Target.predicted();

  private static Stream<DynamicTest> each(Consumer<Explainer> question) {
    return Stream.concat(
            Contracts.all(ROWS).stream().map(Contracts.Contract::small),
            Stream.of(
                IntegratedGradients.from(Baseline.zeros()),
                SmoothGrad.of(IntegratedGradients.from(Baseline.zeros()), .1, 3, 0),
                ManyBaselines.of(IntegratedGradients::from, ROWS),
                Rise.from(Baseline.zeros()).samples(200).until(.1)))
        .map(e -> e instanceof ShapleySampling s ? s.pairs(20) : e)
        .map(e -> DynamicTest.dynamicTest(e.name(), () -> question.accept(e)));
  }

  private static Tensor other(int seed) {
    return Nets.draw(10 + seed, DType.F64, 3, 5);
  }

  private static Function<Tensor, Tensor> counting(AtomicInteger calls) {
    return x -> {
      calls.incrementAndGet();
      return MLP.apply(x);
    };
  }

  @TestFactory
  Stream<DynamicTest> compiledItAnswersTheBitsOfExplain() {
    return each(e -> {
      AtomicInteger calls = new AtomicInteger();
      CompiledExplainer ready = e.compile(counting(calls), X, TARGET);
      ready.explain(X);
      calls.set(0);
      for (int seed = 0; seed < 2; seed++) {
        Attribution want = e.explain(MLP, other(seed), TARGET);
        Attribution got = ready.explain(other(seed));
        assertThat(got.json()).isEqualTo(want.json());
      }
      // What is a tape needs the model no more.
      if (!TensorExplainer.readsValues(e)) {
        assertThat(calls).hasValue(0);
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> byIteratorsAndStreamsBatchesAreExplainedInTheirOrder() {
    return each(e -> {
      List<Tensor> batches = List.of(X, other(1), other(2).slice(0, 0, 2), other(3));
      List<Attribution> wanted =
          batches.stream().map(batch -> e.explain(MLP, batch, TARGET)).toList();
      Explaining job = Explaining.of(e, MLP, TARGET).ahead(3);
      List<Attribution> streamed = job.stream(batches.stream()).toList();
      List<Attribution> iterated = new ArrayList<>();
      for (Iterator<Attribution> all = job.iterator(batches.iterator()); all.hasNext(); ) {
        iterated.add(all.next());
      }
      for (int k = 0; k < batches.size(); k++) {
        assertThat(streamed.get(k).json()).isEqualTo(wanted.get(k).json());
        assertThat(iterated.get(k).scores().sameAs(wanted.get(k).scores())).isTrue();
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> whatABudgetDidNotReachIsSaid() {
    return each(e -> {
      Attribution some = Budget.of(Duration.ZERO).explain(e, MLP, X, TARGET);
      Attribution whole = e.explain(MLP, X, TARGET);
      boolean all = some.examples() == 3 && some.evaluations() == whole.evaluations();
      assertThat(some.isPartial()).isEqualTo(!all);
      if (some.isPartial()) {
        assertThat(String.valueOf(some.parameters().get("partial")))
            .matches("\\d+ of \\d+ (examples|pairs|samples|masks|rows|draws)");
      } else {
        // So few draws that they are asked at once.
        assertThat(e).isInstanceOf(Anytime.class);
      }
      Attribution enough = Budget.of(1_000_000).explain(e, MLP, X, TARGET);
      assertThat(enough.isPartial()).isFalse();
      assertThat(enough.parameters()).isEqualTo(whole.parameters());
      // An adaptive quadrature places pieces of other examples beside each other.
      assertThat(enough.scores().toDoubles())
          .containsExactly(whole.scores().toDoubles(), within(1e-9));
    });
  }

  @TestFactory
  Stream<DynamicTest> whatNobodyWantsEndsAndLeavesNothingBehind() {
    return each(e -> {
      AtomicInteger calls = new AtomicInteger();
      Budget budget = Budget.unlimited().until(() -> calls.get() >= 1);
      assertThatThrownBy(() -> budget.explain(e, counting(calls), X, TARGET))
          .isInstanceOf(CancellationException.class)
          .hasMessage("the explanation was cancelled");
      assertThat(calls).hasValue(1);
      assertThat(e.explain(MLP, X, TARGET).scores().sameAs(e.explain(MLP, X, TARGET).scores()))
          .isTrue();
    });
  }

  @TestFactory
  Stream<DynamicTest> aPlainCallRecordsAModelAFewTimesHoweverManyPointsThereAre() {
    Baseline zeros = Baseline.zeros();
    return Stream.<Function<Integer, Explainer>>of(
            n -> IntegratedGradients.from(zeros).with(Quadrature.midpoint(n)),
            n -> GuidedIntegratedGradients.from(zeros).steps(n),
            n -> BlurIntegratedGradients.from(2).steps(n),
            n -> ExpectedGradients.from(ROWS, n, 0),
            n -> SmoothGrad.of(new Saliency(), .1, n, 0))
        .map(method ->
            DynamicTest.dynamicTest(
                method.apply(1).name(),
                () -> {
                  int[] counts = new int[2];
                  for (int k = 0; k < 2; k++) {
                    AtomicInteger calls = new AtomicInteger();
                    method.apply(k == 0 ? 100 : 200).explain(counting(calls), X, Target.at(0));
                    counts[k] = calls.get();
                  }
                  assertThat(counts[0]).isEqualTo(counts[1]).isLessThanOrEqualTo(6);
                }));
  }
}
