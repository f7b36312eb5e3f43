package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Many targets in one call give what each gives alone, and share what they can.
class ExplainAllTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 3, 1, 6, 6);
  private static final Function<Tensor, Tensor> CNN = layered(Nets.cnn(10, DType.F64, true));

  /// With the layer that a method may ask for.
  private static Function<Tensor, Tensor> layered(Function<Tensor, Tensor> model) {
    return x -> model.apply(x).named(Contracts.LAYER);
  }

  private static final List<Target> TARGETS =
      Stream.concat(
              Target.outputs(3).stream(),
              Stream.of(
                  Target.difference(2, 0),
                  Target.each(2, 0, 1),
                  Target.predicted(),
                  Target.of("half", y -> y.sum(1).div(2))))
          .toList();

  @TestFactory
  Stream<DynamicTest> everyTargetGetsWhatItGetsAlone() {
    return Stream.concat(
            Contracts.all(Nets.draw(2, DType.F64, 2, 1, 6, 6)).stream()
                .map(Contracts.Contract::small)
                .map(e -> e instanceof ShapleySampling s ? s.pairs(9) : e)
                .map(e -> e instanceof KernelShap s ? s.samples(256) : e)
                .map(e ->
                    e instanceof ShapleyValues s
                        ? s.of(Regions.groups(IntStream.range(0, 36).map(j -> j / 9).toArray()))
                        : e),
            Stream.of(DeepLift.from(Baseline.constant(.2))))
        .map(method ->
            DynamicTest.dynamicTest(
                method.name(),
                () -> {
                  List<Attribution> all = method.explainAll(CNN, X, TARGETS);
                  assertThat(all).hasSize(TARGETS.size());
                  for (int k = 0; k < all.size(); k++) {
                    Attribution alone = method.explain(CNN, X, TARGETS.get(k));
                    Attribution got = all.get(k);
                    double most = alone.scores().abs().amax().item();
                    assertThat(got.scores().toDoubles())
                        .containsExactly(alone.scores().toDoubles(), within(1e-10 * most));
                    assertThat(got.output().toDoubles())
                        .containsExactly(alone.output().toDoubles(), within(1e-13));
                    assertThat(got.target().toString()).isEqualTo(alone.target().toString());
                    assertThat(got.completeness()).isEqualTo(method.completeness());
                  }
                }));
  }

  private static Function<Tensor, Tensor> counting(AtomicInteger rows) {
    return x -> {
      rows.addAndGet(x.size(0));
      return CNN.apply(x);
    };
  }

  @Test
  void theModelIsRunOnceForAllOutputsOfASweep() {
    AtomicInteger rows = new AtomicInteger();
    new Saliency().explainAll(counting(rows), X, Target.outputs(3));
    assertThat(rows.get()).isEqualTo(3);
  }

  @Test
  void pointsAreAskedAboutOnceForAllTargets() {
    AtomicInteger rows = new AtomicInteger();
    Explainer method = KernelShap.from(Baseline.zeros()).samples(128);
    method.explain(counting(rows), X, Target.at(0));
    int once = rows.getAndSet(0);
    method.explainAll(counting(rows), X, Target.outputs(3));
    assertThat(rows.get()).isEqualTo(once);
  }
}
