package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class WhileTest {
  /// The square root of `a` by Heron's rule, from `a` itself.
  private static Tensor root(Tensor a, int most) {
    Function<Tensor, Tensor> going = y -> y.mul(y).sub(a).abs().gt(1e-13);
    UnaryOperator<Tensor> step = y -> y.add(a.div(y)).mul(.5);
    return most < 0 ? Tape.whileLoop(going, step, a) : Tape.whileLoop(going, step, a, most);
  }

  @Test
  void aLoopRunsAsOftenAsItsOwnValuesAsk() {
    Tape<Tensor, Tensor> tape = Tape.record(a -> root(a, -1), Tensor.scalar(2.));
    Player<Tensor, Tensor> player = tape.player();
    for (double a : new double[] {2, 49, .01, 1, 1e4}) {
      assertThat(player.play(Tensor.scalar(a)).item()).isCloseTo(Math.sqrt(a), within(1e-12));
      assertThat(tape.run(Tensor.scalar(a)).item()).isCloseTo(Math.sqrt(a), within(1e-12));
    }
  }

  @Test
  void aLoopWhoseConditionIsFalseAtOnceAnswersWhatItStartedFrom() {
    List<Tensor> end =
        Tape.whileLoop(
            (List<Tensor> s) -> s.get(0).gt(5),
            s -> List.of(s.get(0).sub(1), s.get(1).mul(2)),
            List.of(Tensor.scalar(3.), Tensor.of(1., 2)));
    assertThat(end.get(1).toDoubles()).containsExactly(1, 2);
    end =
        Tape.whileLoop(
            (List<Tensor> s) -> s.get(0).gt(0),
            s -> List.of(s.get(0).sub(1), s.get(1).mul(2)),
            List.of(Tensor.scalar(3.), Tensor.of(1., 2)));
    assertThat(end.get(1).toDoubles()).containsExactly(8, 16);
  }

  private static double jvp(Tape<Tensor, Tensor> tape, double at) {
    return tape.jvp(Function.identity())
        .run(new WithTangent<>(Tensor.scalar(at), Tensor.scalar(1.)))
        .item();
  }

  @Test
  void theDerivativeForwardsIsALoopOfPairs() {
    Tape<Tensor, Tensor> tape = Tape.record(a -> root(a, -1), Tensor.scalar(2.));
    for (double a : new double[] {2, 9, 100}) {
      assertThat(jvp(tape, a)).isCloseTo(.5 / Math.sqrt(a), within(1e-12));
    }
    assertThat(tape.jvp(Function.identity()).toString()).doesNotContain("backwards");
  }

  @Test
  void forwardDerivativesOfHigherOrderAreLoopsToo() {
    // y ← y·x for a fixed number of steps: x⁵, counted by the state.
    Tape<Tensor, Tensor> power =
        Tape.record(
            x ->
                Tape.whileLoop(
                        (List<Tensor> s) -> s.get(1).lt(5),
                        s -> List.of(s.get(0).mul(x), s.get(1).add(1)),
                        List.of(Tensor.scalar(1.), Tensor.scalar(0.)))
                    .get(0),
            Tensor.scalar(2.));
    Tape<Tensor, Tensor> first = along(power);
    Tape<Tensor, Tensor> second = along(first);
    Tape<Tensor, Tensor> third = along(second);
    Tensor x = Tensor.scalar(3.);
    assertThat(power.run(x).item()).isEqualTo(243);
    assertThat(first.run(x).item()).isCloseTo(405, within(1e-10));
    assertThat(second.run(x).item()).isCloseTo(540, within(1e-10));
    assertThat(third.player().play(x).item()).isCloseTo(540, within(1e-10));
  }

  private static Tape<Tensor, Tensor> along(Tape<Tensor, Tensor> f) {
    var jvp = f.jvp(Function.identity());
    return Tape.record(
        (Tensor x) -> jvp.run(new WithTangent<>(x, Tensor.scalar(1.))), Tensor.scalar(2.));
  }

  @Test
  void loopsBetweenLoopsAndOtherOpsGoForwards() {
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x -> root(Tape.call(z -> root(z, -1).exp(), x.square()), -1).sin(), Tensor.scalar(1.5));
    double h = 1e-5;
    double estimate =
        (Math.sin(Math.exp((1.5 + h) / 2)) - Math.sin(Math.exp((1.5 - h) / 2))) / (2 * h);
    assertThat(jvp(tape, 1.5)).isCloseTo(estimate, within(1e-9));
  }

  @Test
  void theGradientOfALoopWithoutABoundIsRefusedWhenItIsDerived() {
    Tape<Tensor, Tensor> tape = Tape.record(a -> root(a, -1), Tensor.scalar(2.));
    String message =
        "the gradient of whileLoop at WhileTest\\.java:\\d+ needs a bound: give whileLoop its most"
            + " steps, or use scan; jvp needs none";
    assertThatThrownBy(tape::gradient)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageMatching(message);
    assertThatThrownBy(tape::valueAndGrad).hasMessageMatching(message);
    assertThatThrownBy(() -> tape.vjp(Function.identity())).hasMessageMatching(message);
    assertThatThrownBy(() -> along(tape).gradient()).hasMessageMatching(message);
    assertThatThrownBy(() ->
            Tape.record((Tensor x) -> Tape.call(z -> root(z, -1), x), Tensor.scalar(2.)).gradient())
        .hasMessageMatching(message);
  }

  @Test
  void aGradientThatDoesNotPassTheLoopIsFine() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> x.square().mul(root(x, -1).stopGradient()), Tensor.scalar(4.));
    assertThat(tape.gradient().run(Tensor.scalar(9.)).item()).isCloseTo(54, within(1e-10));
  }

  @Test
  void withABoundEveryDerivativeExists() {
    GradCheck.standard().order(3).check((Tensor a) -> root(a, 12), Tensor.scalar(2.));
    Tape<Tensor, Tensor> slope = Tape.record(a -> root(a, 12), Tensor.scalar(2.)).gradient();
    assertThat(slope.player().play(Tensor.scalar(9.)).item()).isCloseTo(1. / 6, within(1e-12));
  }

  @Test
  void boundedAndUnboundedLoopsHaveTheSameBits() {
    Tensor a = Tensor.scalar(7.);
    assertThat(root(a, 20).sameAs(root(a, -1))).isTrue();
  }

  @Test
  void aLoopThatIsNotDoneWithinItsBoundIsAnError() {
    assertThatThrownBy(() -> root(Tensor.scalar(1e4), 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "whileLoop needs to end within its 3 steps, got a condition that is still true then");
    Tape<Tensor, Tensor> tape = Tape.record(a -> root(a, 8), Tensor.scalar(2.));
    assertThatThrownBy(() -> tape.player().play(Tensor.scalar(1e9)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> tape.gradient().player().play(Tensor.scalar(1e9)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aBoundOfNoStepsChecksTheConditionAlone() {
    Tensor x = Tensor.scalar(3.);
    assertThat(Tape.whileLoop((Tensor s) -> s.gt(5), s -> s.sub(1), x, 0).item()).isEqualTo(3);
    assertThatThrownBy(() -> Tape.whileLoop((Tensor s) -> s.gt(0), s -> s.sub(1), x, 0))
        .hasMessage(
            "whileLoop needs to end within its 0 steps, got a condition that is still true then");
    assertThatThrownBy(() -> Tape.whileLoop((Tensor s) -> s.gt(0), s -> s.sub(1), x, -1))
        .hasMessage("whileLoop needs a bound of at least 0 steps, got -1");
  }

  @Test
  void loopsReplayWithoutAllocating() {
    Player<Tensor, Tensor> loop =
        Tape.record((Tensor a) -> root(a, -1), Tensor.scalar(2.)).player();
    loop.set(Tensor.scalar(5.));
    Allocation.assertNone(loop, 2_000);
    Player<Tensor, Tensor> slope =
        Tape.record((Tensor a) -> root(a, 10), Tensor.scalar(2.)).gradient().player();
    slope.set(Tensor.scalar(3.));
    Allocation.assertNone(slope, 1_000);
  }

  @Test
  void conditionsAndBodiesOfTheWrongKindAreRefused() {
    Tensor x = Tensor.of(1., 2);
    assertThatThrownBy(() -> Tape.whileLoop((Tensor s) -> s.gt(0), s -> s, x))
        .hasMessage("whileLoop needs a condition that answers a BOOL scalar, got BOOL(2)");
    assertThatThrownBy(() -> Tape.whileLoop((Tensor s) -> s.sum().gt(9), s -> s.sum(), x))
        .hasMessage("whileLoop needs a body that answers F64(2) at x, as it was given, got F64()");
    assertThatThrownBy(() -> Tape.whileLoop((Tensor s) -> s.sum().gt(9), s -> s.sum(), x, 3))
        .hasMessage(
            "cond needs branches that answer alike, got [F64()] at [x] and [F64(2)] at [x]");
  }

  @Test
  void statesThatNobodyReadsAreNotCarried() {
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x ->
                Tape.whileLoop(
                        (List<Tensor> s) -> s.get(0).lt(3),
                        s -> List.of(s.get(0).add(1), s.get(1).exp(), s.get(2).mul(x)),
                        List.of(Tensor.scalar(0.), x, x))
                    .get(2),
            Tensor.scalar(2.));
    assertThat(tape.nodes()).hasSize(1);
    assertThat(tape.nodes().getFirst().outputs()).hasSize(2);
    assertThat(tape.run(Tensor.scalar(3.)).item()).isEqualTo(81);
  }
}
