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
