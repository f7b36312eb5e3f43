package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RepeatTest {
  private static final Tensor NODES = Key.of(1).normal(Shape.of(3, 2), DType.F64);
  private static final Tensor X = Key.of(2).normal(Shape.of(2), DType.F64);

  @Test
  void sumsAndMapsPassTheGradientCheckInNodesAndInWhatTheyRead() {
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.sumOver(n -> n.mul(in.get(1)).tanh().mul(in.get(1)), in.get(0)),
            List.of(NODES, X));
    GradCheck.standard()
        .check(
            (List<Tensor> in) -> Tape.mapOver(n -> n.mul(in.get(1)).exp().sum(), in.get(0)),
            List.of(NODES, X));
  }

  @Test
  void aSumInsideASumPassesTheGradientCheck() {
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.sumOver(
                    n -> Tape.sumOver(m -> m.mul(n).mul(in.get(1)).sin().sum(), in.get(0)),
                    in.get(0)),
            List.of(NODES, X));
  }

  @Test
  void aGradientInsideASumIsAnAttribution() {
    // Integrated gradients of a quadratic: exact with two midpoints, and differentiable.
    UnaryOperator<Tensor> ig =
        x ->
            Tape.sumOver(
                a -> Grad.of((Tensor p) -> p.square().sum(), x.mul(a)).grad().mul(x).mul(.5),
                Tensor.of(.25, .75));
    assertThat(ig.apply(X).sum().item()).isCloseTo(X.square().sum().item(), within(1e-14));
    GradCheck.standard().check((Tensor x) -> ig.apply(x), X);
  }

  @Test
  void severalOutputsAndStructuresOfNodesAreRepeated() {
    record Node(Tensor at, Tensor weight) {}
    record Sums(Tensor value, Tensor slope) {}
    Node nodes = new Node(Tensor.of(1., 2, 3), Tensor.of(.5, .25, .25));
    Sums sums =
        Tape.sumOver(
            n -> new Sums(n.at().square().mul(n.weight()), n.at().mul(2).mul(n.weight())), nodes);
    assertThat(sums.value().item()).isEqualTo(.5 + 1 + 2.25);
    assertThat(sums.slope().item()).isEqualTo(1 + 1 + 1.5);
  }

  @Test
  void memoryDoesNotGrowWithTheNumberOfNodes() {
    long[] bytes = new long[2];
    int[] counts = {8, 512};
    for (int i = 0; i < 2; i++) {
      Tensor nodes = Tensor.linspace(0, 1, counts[i], DType.F64);
      bytes[i] =
          Tape.record((Tensor x) -> Tape.sumOver(a -> x.mul(a).tanh().sum(), nodes), X)
              .gradient()
              .player()
              .bytes();
    }
    assertThat(bytes[1]).isEqualTo(bytes[0]);
  }

  /// Large enough for several runs to go at the same time, where there are threads.
  private static Tensor wide(Tensor node, Tensor x) {
    return x.mul(node).matmul(x.tanh(), false, true).exp().sum(1);
  }

  @Test
  void runsAtTheSameTimeAreAddedUpInTheirOrder() {
    Tensor nodes = Key.of(3).normal(Shape.of(7), DType.F32).mul(.1);
    Tensor x = Key.of(4).normal(Shape.of(96, 40), DType.F32).mul(.3);
    var sum = Tape.record((Tensor in) -> Tape.sumOver(n -> wide(n, in), nodes), x);
    var map = Tape.record((Tensor in) -> Tape.mapOver(n -> wide(n, in), nodes), x);
    Tensor other = x.mul(.9);
    Tensor want = Tensor.zeros(Shape.of(96), DType.F32);
    Tensor[] each = new Tensor[7];
    for (int i = 0; i < 7; i++) {
      each[i] = wide(nodes.slice(0, i, i + 1).squeeze(0), other);
      want = want.add(each[i]);
    }
    Player<Tensor, Tensor> player = sum.player();
    assertThat(player.play(other).sameAs(want)).isTrue();
    assertThat(sum.run(other).sameAs(want)).isTrue();
    assertThat(sum.player().checked().play(other).sameAs(want)).isTrue();
    assertThat(map.player().play(other).sameAs(Tensor.stack(0, each))).isTrue();
  }

  @Test
  void aGuardThatFailsInOneOfSeveralRunsStopsThePlay() {
    Tensor nodes = Tensor.of(1f, 2, 3, 4, 5);
    Tensor x = Key.of(4).normal(Shape.of(96, 40), DType.F32).mul(.1);
    var tape =
        Tape.record(
            (Tensor in) ->
                Tape.sumOver(n -> in.mul(n).sum().test(v -> v < 1e6) ? wide(n, in) : n, nodes),
            x);
    Player<Tensor, Tensor> player = tape.player();
    assertThatThrownBy(() -> player.play(x.abs().mul(1e4))).isInstanceOf(StaleTape.class);
    assertThat(player.play(x).sameAs(tape.run(x))).isTrue();
  }

  @Test
  void lengthsThatDifferAreRefused() {
    assertThatThrownBy(
            () -> Tape.sumOver(l -> l.get(0), List.of(Tensor.zeros(2, 1), Tensor.zeros(3))))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "repeating over a first axis needs tensors of one length of at least 1 there, got [(2, 1), (3)]");
    assertThatThrownBy(() -> Tape.mapOver(x -> x, Tensor.scalar(1.)))
        .isInstanceOf(ShapeException.class);
  }

  @Test
  void aBodyThatReadsAValueIsRefused() {
    assertThatThrownBy(() -> Tape.sumOver(x -> x.mul(x.item()), Tensor.of(1., 2)))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching(
            "a repeated body runs at other values, so it cannot be pinned by item\\(\\) at"
                + " RepeatTest\\.java:\\d+");
  }

  @Test
  void aGuardInsideABodyIsAskedForEveryNode() {
    assertThatThrownBy(
            () -> Tape.sumOver(x -> x.test(v -> v > 0) ? x : x.neg(), Tensor.of(1., 2, -3)))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching("guard at RepeatTest\\.java:\\d+ now answers false; record again");
  }
}
