package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Rules lose nothing, whatever a network is made of.
class ConservationTest {
  private static final Tensor X = Nets.draw(30, DType.F64, 4, 6);
  private static final Tensor B = Nets.draw(31, DType.F64, 4, 6);

  private static Stream<DynamicTest> each(java.util.function.Consumer<Function<Tensor, Tensor>> q) {
    return DeepNets.all().entrySet().stream()
        .map(net -> DynamicTest.dynamicTest(net.getKey(), () -> q.accept(net.getValue())));
  }

  private static double left(Attribution a) {
    assertThat(a.scores().abs().sum().item()).isPositive();
    return a.residual().abs().amax().item();
  }

  @TestFactory
  Stream<DynamicTest> deepLiftIsComplete() {
    return each(net ->
        assertThat(left(DeepLift.from(Baseline.of(B)).explain(net, X, Target.at(1))))
            .isLessThan(1e-9));
  }

  @TestFactory
  Stream<DynamicTest> deepLiftWithRevealCancelIsComplete() {
    return each(net ->
        assertThat(left(DeepLift.from(Baseline.of(B)).revealCancel().explain(net, X, Target.at(1))))
            .isLessThan(1e-9));
  }

  @TestFactory
  Stream<DynamicTest> relevanceIsConservedWithoutBiases() {
    return each(net ->
        assertThat(
                left(
                    new Lrp(new EpsilonRule(0, EpsilonRule.Attention.VALUES))
                        .explain(net, X, Target.at(1))))
            .isLessThan(1e-9));
  }
}
