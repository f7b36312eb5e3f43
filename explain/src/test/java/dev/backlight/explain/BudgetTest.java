package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class BudgetTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::tanh, true);
  private static final Baseline ZEROS = Baseline.zeros();

  private static final ExpectedGradients EXPECTED =
      ExpectedGradients.from(Nets.draw(2, DType.F64, 40, 5), 300, 0);

  private static List<Anytime> drawing() {
    return List.of(
        ShapleySampling.from(ZEROS).pairs(2000),
        Lime.from(ZEROS).samples(3000),
        Rise.from(ZEROS).samples(3000),
        KernelShap.from(ZEROS).of(Regions.each()).samples(25),
        FeaturePermutation.among(Nets.draw(2, DType.F64, 40, 5)).draws(40),
        SmoothGrad.of(new Saliency(), .1, 400, 0),
        EXPECTED);
  }

  @TestFactory
  Stream<DynamicTest> whatDrawsStopsWithTheDrawsThatItHas() {
    return drawing().stream()
        .map(method ->
            DynamicTest.dynamicTest(
                method.name(),
                () -> {
                  Attribution a = Budget.of(Duration.ZERO).explain(method, MLP, X, Target.at(1));
                  assertThat(a.isPartial()).isTrue();
                  String label = String.valueOf(a.parameters().get("partial"));
                  assertThat(label).matches("\\d+ of \\d+ (pairs|samples|masks|rows|draws)");
                  assertThat(a.json()).contains("\"partial\": \"" + label + "\"");
                  assertThat(a.toString()).contains(label);
                  int done = Integer.parseInt(label.substring(0, label.indexOf(' ')));
                  assertThat(done).isPositive();
                  assertThat(a.evaluations())
                      .isLessThan(method.explain(MLP, X, Target.at(1)).evaluations());
                  // Its result, only less sure: that of as many draws.
                  Explainer fewer =
                      switch (method) {
                        case ShapleySampling s -> s.pairs(done);
                        case Lime s -> s.samples(done);
                        case Rise s -> s.samples(done);
                        case KernelShap s -> s.samples(done);
                        case FeaturePermutation s -> s.draws(done);
                        case ExpectedGradients e ->
                            new ExpectedGradients(e.points().subList(0, done), e.origin());
                        default -> SmoothGrad.of(new Saliency(), .1, done, 0);
                      };
                  assertThat(a.scores().sameAs(fewer.explain(MLP, X, Target.at(1)).scores()))
                      .isTrue();
                }));
  }

  @Test
  void aBudgetOfEvaluationsIsKept() {
    Attribution a = Budget.of(500).explain(Rise.from(ZEROS).samples(3000), MLP, X, Target.at(1));
    assertThat(a.isPartial()).isTrue();
    assertThat(a.evaluations()).isBetween(300L, 502L);
    Attribution pairs =
        Budget.of(200).explain(ShapleySampling.from(ZEROS).pairs(2000), MLP, X, Target.at(1));
    assertThat(pairs.evaluations()).isBetween(100L, 202L);
  }

  @Test
  void enoughBudgetGivesTheWholeResultWithItsBits() {
    for (Explainer method :
        List.of(
            Rise.from(ZEROS).samples(200),
            IntegratedGradients.from(ZEROS),
            Occlusion.with(ZEROS))) {
      Attribution a = Budget.of(100_000).explain(method, MLP, X, Target.predicted());
      Attribution whole = method.explain(MLP, X, Target.predicted());
      assertThat(a.isPartial()).isFalse();
      assertThat(a.parameters()).isEqualTo(method.parameters());
      assertThat(a.target().toString()).isEqualTo(whole.target().toString());
      assertThat(a.scores().sub(whole.scores()).abs().amax().item()).isLessThan(1e-6);
      assertThat(a.residual().shape()).isEqualTo(whole.residual().shape());
    }
  }

  @Test
  void aTimeWithoutEndIsNoLimit() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
    Attribution a = Budget.of(endless).explain(Lrp.epsilon(), MLP, X, Target.at(1));
    assertThat(a.isPartial()).isFalse();
    assertThat(a.scores().sameAs(Lrp.epsilon().explain(MLP, X, Target.at(1)).scores())).isTrue();
  }

  @Test
  void othersExplainAsManyExamplesAsThereIsTimeFor() {
    Attribution a = Budget.of(Duration.ZERO).explain(Lrp.epsilon(), MLP, X, Target.each(2, 0, 1));
    assertThat(a.parameters()).containsEntry("partial", "1 of 3 examples");
    assertThat(a.examples()).isEqualTo(1);
    assertThat(
            a.scores().sameAs(Lrp.epsilon().explain(MLP, X.slice(0, 0, 1), Target.at(2)).scores()))
        .isTrue();
    assertThatThrownBy(() -> Budget.of(3).explain(Occlusion.with(ZEROS), MLP, X, Target.at(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a budget of 3 evaluations does not do for occlusion, which needs 7 for one example");
  }

  @Test
  void whatNobodyWantsEnds() {
    AtomicInteger asked = new AtomicInteger();
    Function<Tensor, Tensor> counted =
        x -> {
          asked.incrementAndGet();
          return MLP.apply(x);
        };
    Budget budget = Budget.unlimited().until(() -> asked.get() >= 5);
    assertThatThrownBy(() -> budget.explain(Rise.from(ZEROS), counted, X, Target.at(0)))
        .isInstanceOf(CancellationException.class)
        .hasMessage("the explanation was cancelled");
    assertThat(asked.get()).isEqualTo(5);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () -> Budget.unlimited().explain(Occlusion.with(ZEROS), MLP, X, Target.at(0)))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    // Nothing is left of it.
    Attribution after = Rise.from(ZEROS).samples(64).explain(MLP, X, Target.at(0));
    assertThat(after.isPartial()).isFalse();
  }

  @Test
  void aBudgetIsSomething() {
    assertThatThrownBy(() -> Budget.of(0))
        .hasMessage("a budget needs at least 1 evaluation, got 0");
    assertThatThrownBy(() -> Budget.of(Duration.ofSeconds(-1)))
        .hasMessage("a budget needs a time of at least 0, got PT-1S");
  }

  @Test
  void occlusionAndExactShapleyValuesTellHowFarTheyAre() {
    for (int which = 0; which < 2; which++) {
      long[] last = new long[2];
      Progress progress =
          (done, most) -> {
            assertThat(done).isGreaterThan(last[0]);
            last[0] = done;
            last[1] = most;
          };
      Explainer method =
          which == 0
              ? Occlusion.with(ZEROS).telling(progress)
              : ShapleyValues.from(ZEROS).telling(progress);
      method.explain(MLP, X, Target.at(0));
      assertThat(last).containsExactly(which == 0 ? new long[] {5, 5} : new long[] {32, 32});
    }
  }
}
