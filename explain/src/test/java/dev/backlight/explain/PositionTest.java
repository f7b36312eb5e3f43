package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Conv2d;
import dev.backlight.core.op.MatMul;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PositionTest {
  private static final Tensor X = Nets.draw(40, DType.F64, 3, 1, 5, 5);
  private static final Tensor K1 = Nets.draw(41, DType.F64, 2, 1, 2, 2);
  private static final Tensor K2 = Nets.draw(42, DType.F64, 2, 2, 2, 2);
  private static final Tensor W = Nets.draw(43, DType.F64, 18, 18);
  private static final Tensor OUT = Nets.draw(44, DType.F64, 18, 3);
  private static final LayerRule PLUS = new LayerRule.ZPlus();
  private static final CompositeRule PLAIN = CompositeRule.of(new LayerRule.Epsilon(.01));

  /// Two convolutions, one product that is used twice beside a skip connection, and a last one.
  private static Tensor net(Tensor x) {
    Tensor a = x.conv2d(K1, Conv2dOptions.of()).named("conv 1").relu();
    Tensor b = a.conv2d(K2, Conv2dOptions.of()).named("conv 2").relu().flattenFrom(1);
    Tensor c = b.matmul(W).named("once").relu();
    Tensor d = c.matmul(W).named("twice").relu().add(b);
    return d.matmul(OUT).named("out");
  }

  private static Tensor scores(CompositeRule rule) {
    return new Lrp(rule).explain(PositionTest::net, X, Target.at(1)).scores();
  }

  /// That a rule at a position is the rule of these labels.
  private static void assertIs(Position position, String... labels) {
    CompositeRule named = PLAIN;
    for (String label : labels) {
      named = named.labelled(label, PLUS);
    }
    assertThat(scores(PLAIN.at(position, PLUS)).sameAs(scores(named)))
        .as(position + " is " + List.of(labels))
        .isTrue();
    assertThat(scores(named).sameAs(scores(PLAIN))).isFalse();
  }

  @Test
  void layersAreCountedAsTheyAreComputedAReusedOneEachTime() {
    assertIs(Position.layer(0), "conv 1");
    assertIs(Position.layer(2), "once");
    assertIs(Position.layer(3), "twice");
    assertIs(Position.layer(-1), "out");
    assertIs(Position.layer(-5), "conv 1");
  }

  @Test
  void layersOfAnOpAreCountedByThemselves() {
    assertIs(Position.nth(Conv2d.class, 1), "conv 2");
    assertIs(Position.nth(MatMul.class, 0), "once");
    assertIs(Position.nth(MatMul.class, -2), "twice");
  }

  @Test
  void depthIsCountedOnTheLongestWay() {
    assertIs(Position.first(), "conv 1");
    assertIs(Position.last(), "out");
    assertIs(Position.fromInput(0, 2), "conv 1", "conv 2");
    assertIs(Position.fromInput(3, 99), "twice", "out");
    // Beside the skip connection are two more layers.
    assertIs(Position.fromOutput(3, 4), "conv 2");
    assertIs(Position.fromOutput(0, 3), "once", "twice", "out");
  }

  @Test
  void layersSideBySideAreEquallyDeep() {
    Tensor w = Nets.draw(45, DType.F64, 4, 4);
    Tensor v = Nets.draw(46, DType.F64, 4, 4);
    Tensor x = Nets.draw(47, DType.F64, 2, 4);
    Function<Tensor, Tensor> sides =
        t -> t.matmul(w).named("left").relu().add(t.matmul(v).named("right").tanh()).matmul(w);
    double[] both =
        new Lrp(PLAIN.labelled("left", PLUS).labelled("right", PLUS))
            .explain(sides, x, Target.at(0))
            .scores()
            .toDoubles();
    for (Position position : List.of(Position.fromInput(0, 1), Position.fromOutput(1, 2))) {
      assertThat(
              new Lrp(PLAIN.at(position, PLUS))
                  .explain(sides, x, Target.at(0))
                  .scores()
                  .toDoubles())
          .containsExactly(both);
    }
  }

  @Test
  void aLoopHasALayerForEachStep() {
    Tensor input = Nets.draw(48, DType.F64, 2, 12);
    Tensor recurrent = Nets.draw(49, DType.F64, 3, 12);
    Function<Tensor, Tensor> lstm = t -> DeepNets.lstm(t, input, recurrent);
    Tensor x = Nets.draw(50, DType.F64, 2, 4, 2);
    // Of each of four steps, the product with the input and, but for zeros before the first, with
    // the state.
    assertThatThrownBy(
            () -> new Lrp(PLAIN.at(Position.layer(7), PLUS)).explain(lstm, x, Target.at(0)))
        .hasMessageMatching(
            "a composite has a rule for layer 7, but there are 7: (matmul at DeepNets\\.java:\\d+"
                + "(, )?){7}");
    assertThat(
            new Lrp(PLAIN.at(Position.layer(6), PLUS))
                .explain(lstm, x, Target.at(0))
                .scores()
                .abs()
                .sum()
                .item())
        .isPositive();
  }

  @Test
  void labelsGoBeforePositionsTheLastOneBeforeOthersAndAllBeforeOps() {
    LayerRule flat = new LayerRule.Flat();
    CompositeRule rule =
        PLAIN.convolutions(flat).at(Position.fromInput(0, 9), PLUS).at(Position.layer(2), flat);
    CompositeRule same =
        PLAIN
            .labelled("conv 1", PLUS)
            .labelled("conv 2", PLUS)
            .labelled("once", flat)
            .labelled("twice", PLUS)
            .labelled("out", PLUS);
    assertThat(scores(rule).sameAs(scores(same))).isTrue();
    assertThat(scores(rule.labelled("once", PLUS)).sameAs(scores(same))).isFalse();
    assertThat(scores(rule.at(Position.fromInput(0, 9), PLUS)).sameAs(scores(same))).isFalse();
    assertThat(rule.toString()).contains("layers at depths 0 to 8 from the input", "layer 2");
  }

  @Test
  void manyTargetsAtOnceCountTheSameLayers() {
    Tensor v = Nets.draw(51, DType.F64, 3, 1);
    List<Target> targets =
        List.of(
            Target.at(0),
            Target.of("a layer of its own", out -> out.matmul(v).squeeze(1)),
            Target.of("a bias of its own", out -> out.sum(1).add(1)));
    for (Lrp lrp :
        List.of(
            new Lrp(PLAIN.at(Position.last(), PLUS)),
            new Lrp(PLAIN.first(PLUS)),
            Lrp.epsilon(.1))) {
      List<Attribution> all = lrp.explainAll(PositionTest::net, X, targets);
      for (int k = 0; k < targets.size(); k++) {
        Tensor alone = lrp.explain(PositionTest::net, X, targets.get(k)).scores();
        assertThat(all.get(k).scores().toDoubles())
            .containsExactly(alone.toDoubles(), within(1e-12 * alone.abs().amax().item()));
      }
    }
  }

  @Test
  void aLayerThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> scores(PLAIN.at(Position.layer(5), PLUS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "a composite has a rule for layer 5, but there are 5: conv 1 \\(conv2d\\) at"
                + " PositionTest\\.java:\\d+, .*, out \\(matmul\\) at PositionTest\\.java:\\d+");
    assertThatThrownBy(() -> scores(PLAIN.at(Position.nth(Conv2d.class, -3), PLUS)))
        .hasMessageStartingWith("a composite has a rule for layer -3 of Conv2d, but there are 2: ");
    assertThatThrownBy(() -> scores(PLAIN.at(Position.fromOutput(7, 8), PLUS)))
        .hasMessageStartingWith(
            "a composite has a rule for layers at depth 7 from the answer, but there are 5: ");
    assertThatThrownBy(() ->
            new Lrp(PLAIN.at(Position.last(), PLUS))
                .explain(Tensor::tanh, Tensor.of(new double[][] {{1}}), Target.only()))
        .hasMessage(
            "a composite has a rule for layers at depth 0 from the answer, but there are 0");
    assertThatThrownBy(() -> scores(PLAIN.labelled("onec", PLUS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a composite has a rule for the layer onec, but there are conv 1, conv 2, once, twice,"
                + " out");
    assertThatThrownBy(() -> Position.fromInput(2, 2))
        .hasMessage("layers at depths from..to-1 need 0 <= from < to, got 2 and 2");
  }
}
