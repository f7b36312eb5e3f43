package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CompiledExplainerTest {
  private static final Tensor X = Nets.draw(70, DType.F64, 4, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(71, DType.F64, Tensor::tanh, true);

  private static final List<Target> TARGETS =
      List.of(Target.at(1), Target.predicted(), Target.each(0, 2, 1, 1), Target.difference(2, 0));

  private static Tensor other(int seed) {
    return Nets.draw(80 + seed, DType.F64, 4, 5);
  }

  private static void assertSame(Attribution got, Attribution want) {
    assertThat(got.scores().sameAs(want.scores())).isTrue();
    assertThat(got.json()).isEqualTo(want.json());
  }

  @TestFactory
  Stream<DynamicTest> everyExplainerAnswersTheBitsOfExplain() {
    return Stream.concat(
            Explainers.all().stream().map(entry -> entry.with(Baseline.constant(.1))),
            Stream.of(
                IntegratedGradients.from(Baseline.zeros()).with(Quadrature.gaussLegendre(40)),
                IntegratedGradients.from(Baseline.of(other(3))).local()))
        .flatMap(e ->
            TARGETS.stream()
                .map(target ->
                    DynamicTest.dynamicTest(
                        e.name() + " of " + target,
                        () -> {
                          CompiledExplainer ready = e.compile(MLP, X, target);
                          for (int seed = 0; seed < 2; seed++) {
                            assertSame(
                                ready.explain(other(seed)), e.explain(MLP, other(seed), target));
                          }
                        })));
  }

  @Test
  void theModelIsNotCalledAgain() {
    AtomicInteger calls = new AtomicInteger();
    Function<Tensor, Tensor> counted =
        x -> {
          calls.incrementAndGet();
          return MLP.apply(x);
        };
    CompiledExplainer ready = new GradientTimesInput().compile(counted, X, Target.at(1));
    ready.explain(X);
    int before = calls.get();
    ready.explain(other(0));
    assertThat(calls.get()).isEqualTo(before);
  }

  @Test
  void labelsMayDifferFromCallToCall() {
    CompiledExplainer ready = Lrp.epsilon().compile(MLP, X, Target.each(0, 0, 0, 0));
    Target labels = Target.each(2, 1, 0, 1);
    assertSame(ready.explain(other(1), labels), Lrp.epsilon().explain(MLP, other(1), labels));
  }

  @Test
  void aGuardThatAnswersOtherwiseCostsOnlyTime() {
    Function<Tensor, Tensor> branching =
        x -> x.abs().sum().test(s -> s > 1000) ? MLP.apply(x).mul(2) : MLP.apply(x);
    CompiledExplainer ready = new Saliency().compile(branching, X, Target.at(0));
    Tensor large = X.mul(1e4);
    assertSame(ready.explain(large), new Saliency().explain(branching, large, Target.at(0)));
    assertSame(ready.explain(X), new Saliency().explain(branching, X, Target.at(0)));
  }

  @Test
  void manyVirtualThreadsGetTheSameBits() throws Exception {
    CompiledExplainer ready =
        IntegratedGradients.from(Baseline.zeros())
            .with(Quadrature.midpoint(8))
            .compile(MLP, X, Target.predicted());
    List<Attribution> want = new ArrayList<>();
    for (int seed = 0; seed < 8; seed++) {
      want.add(ready.explain(other(seed)));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Attribution>> got = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int seed = i % 8;
        got.add(threads.submit(() -> ready.explain(other(seed))));
      }
      for (int i = 0; i < got.size(); i++) {
        assertSame(got.get(i).get(), want.get(i % 8));
      }
    }
  }

  @Test
  void whatItWasNotCompiledForIsRefused() {
    CompiledExplainer ready = new Saliency().compile(MLP, X, Target.at(1));
    assertThat(ready).hasToString("explainer of output 1 for x F64(4, 5)");
    assertThatThrownBy(() -> ready.explain(X.slice(0, 0, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("this explainer was compiled for x F64(4, 5), got F64(3, 5)");
    assertThatThrownBy(() -> ready.explain(X.to(DType.F32)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("this explainer was compiled for x F64(4, 5), got F32(4, 5)");
    assertThatThrownBy(() -> ready.explain(X, Target.at(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this explainer was compiled for output 1, got output 2");
    assertThatThrownBy(
            () -> new Saliency().compile(x -> MLP.apply(x).mul(x.sum().item()), X, Target.at(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "a compiled explainer replays at other values, so it cannot be pinned by item\\(\\) at"
                + " CompiledExplainerTest\\.java:\\d+; ask with test\\(\\.\\.\\.\\), or look with"
                + " detached\\(\\)");
  }
}
