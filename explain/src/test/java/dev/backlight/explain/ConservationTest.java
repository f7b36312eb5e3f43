package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
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

  @Test
  void everyNamedStructureIsAmongTheNetworks() {
    assertThat(DeepNets.all().keySet())
        .contains(
            "reused layers", "functional and adjacent activations", "residuals and concatenations");
  }

  /// Rules that share by proportions, whatever the signs.
  @TestFactory
  Stream<DynamicTest> compositesOfProportionsConserveWithoutBiases() {
    return Stream.of(
            CompositeRule.of(new LayerRule.Epsilon(1e-14)),
            CompositeRule.of(new LayerRule.Gamma(.25)),
            CompositeRule.of(new LayerRule.Epsilon(1e-14))
                .at(Position.last(), new LayerRule.Gamma(.1)))
        .map(rule -> rule.stabilizer(1e-14).attention(EpsilonRule.Attention.VALUES))
        .flatMap(rule ->
            DeepNets.all().entrySet().stream()
                .filter(net -> !(net.getKey().equals("a call") && !rule.byPosition().isEmpty()))
                .map(net ->
                    DynamicTest.dynamicTest(
                        net.getKey() + " under " + rule,
                        () ->
                            assertThat(left(new Lrp(rule).explain(net.getValue(), X, Target.at(1))))
                                .isLessThan(1e-9))));
  }

  /// The named structures where something speaks for each node that is active, over (n, 6) that are
  /// positive: rules of parts, as z⁺, lose nothing there.
  private static Map<String, Function<Tensor, Tensor>> positive() {
    Tensor square = Nets.draw(32, DType.F64, 6, 6).abs();
    // Of both signs, as alpha-beta takes away what speaks against: there must be something.
    Tensor kernel = Tensor.of(Shape.of(2, 1, 2, 2), .9, -.3, .4, -.2, -.5, .8, .7, -.1);
    Pool2dOptions pairs = new Pool2dOptions(1, 2, 1, 2, 0, 0, true, false);
    Tensor out = Nets.draw(34, DType.F64, 6, 2).abs();
    Tensor wide = Nets.draw(35, DType.F64, 18, 2).abs();
    Map<String, Function<Tensor, Tensor>> all = new LinkedHashMap<>();
    all.put(
        "a reused layer",
        x -> x.matmul(square).relu().matmul(square).relu().matmul(square).matmul(out));
    all.put(
        "adjacent functional activations",
        x -> x.matmul(square).relu().tanh().relu().sqrt().matmul(square).log1p().matmul(out));
    all.put(
        "a residual and a concatenation",
        x -> {
          Tensor h = x.matmul(square).relu().add(x);
          return Tensor.concat(1, h, h.matmul(square), x).matmul(wide);
        });
    all.put(
        "convolution, ReLU and max pool used twice",
        x -> {
          Function<Tensor, Tensor> seen =
              t ->
                  t.reshape(-1, 1, 2, 3)
                      .conv2d(kernel, Conv2dOptions.of())
                      .relu()
                      .maxPool2d(pairs)
                      .flattenFrom(1);
          return seen.apply(x).add(seen.apply(x.matmul(square)));
        });
    return all;
  }

  @TestFactory
  Stream<DynamicTest> everyCompositeConservesWhereAllSpeaksForTheAnswer() {
    Tensor x = X.abs().add(.1);
    return Contracts.all(X).stream()
        .map(Contracts.Contract::explainer)
        .filter(e -> e instanceof Lrp)
        .flatMap(e ->
            positive().entrySet().stream()
                .map(net ->
                    DynamicTest.dynamicTest(
                        net.getKey() + " under " + e.name(),
                        () -> {
                          Lrp lrp = fine((Lrp) e);
                          Attribution a = lrp.explain(net.getValue(), x, Target.at(1));
                          assertThat(left(a)).isLessThan(1e-9);
                        })));
  }

  /// The same with stabilisers that absorb nothing.
  private static Lrp fine(Lrp lrp) {
    if (!(lrp.rule() instanceof CompositeRule named)) {
      return new Lrp(new EpsilonRule(0, EpsilonRule.Attention.VALUES));
    }
    CompositeRule all = CompositeRule.of(fine(named.any())).stabilizer(1e-13);
    for (var op : named.byOp().entrySet()) {
      all = all.op(op.getKey(), fine(op.getValue()));
    }
    for (var place : named.byPosition().entrySet()) {
      all = all.at(place.getKey(), fine(place.getValue()));
    }
    return new Lrp(all);
  }

  private static LayerRule fine(LayerRule rule) {
    return rule instanceof LayerRule.Epsilon ? new LayerRule.Epsilon(1e-13) : rule;
  }
}
