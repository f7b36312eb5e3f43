package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CallTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(3), DType.F64);
  private static final Tensor W = Key.of(2).normal(Shape.of(3, 3), DType.F64);

  private static Tensor layer(Tensor x, Tensor w) {
    return x.matmul(w).tanh().mul(x.exp()).add(x.sin());
  }

  @Test
  void aCallHasTheBitsOfWhatItCalls() {
    Tape<List<Tensor>, Tensor> plain =
        Tape.record(in -> layer(row(in.get(0)), in.get(1)).sum(), List.of(X, W));
    Tape<List<Tensor>, Tensor> called =
        Tape.record(in -> Tape.call(x -> layer(row(x), in.get(1)), in.get(0)).sum(), List.of(X, W));
    List<Tensor> other = List.of(X.mul(.7), W.add(.1));
    assertThat(called.player().play(other).sameAs(plain.run(other))).isTrue();
    for (int leaf = 0; leaf < 2; leaf++) {
      assertThat(
              called
                  .gradient()
                  .player()
                  .play(other)
                  .get(leaf)
                  .sameAs(plain.gradient().run(other).get(leaf)))
          .isTrue();
    }
  }

  private static Tensor row(Tensor x) {
    return x.unsqueeze(0);
  }

  @Test
  void callsPassTheGradientCheckToOrderThreeInWhatTheyReadFromOutside() {
    GradCheck.standard()
        .order(3)
        .check(
            (List<Tensor> in) -> Tape.call(x -> layer(row(x), in.get(1)), in.get(0)),
            List.of(X, W));
  }

  @Test
  void aCallInsideACallPassesTheGradientCheck() {
    GradCheck.standard()
        .check(
            (List<Tensor> in) ->
                Tape.call(
                    x -> Tape.call(z -> z.mul(x).mul(in.get(1).sum(0)).sin(), x.exp()), in.get(0)),
            List.of(X, W));
  }

  @Test
  void severalOutputsOfAStructureAreCalled() {
    record Both(Tensor sum, Tensor scaled) {}
    GradCheck.standard()
        .check(
            (Tensor x) -> {
              Both both = Tape.call(z -> new Both(z.sum().sin(), z.mul(2).exp()), x);
              return both.scaled().mul(both.sum());
            },
            X);
  }

  private static Tensor chain(Tensor x, UnaryOperator<Tensor> step, boolean called) {
    Tensor y = x;
    for (int i = 0; i < 8; i++) {
      y = called ? Tape.call(step, y) : step.apply(y);
    }
    return y.sum();
  }

  @Test
  void aDeepChainOfCallsTakesLessMemoryThanTheChainItself() {
    // Eight blocks of ten tanh: kept whole, 80 values; in calls, 8 and the inside of one block.
    UnaryOperator<Tensor> block =
        x -> {
          Tensor y = x;
          for (int i = 0; i < 10; i++) {
            y = y.tanh();
          }
          return y;
        };
    Tensor x = Tensor.linspace(-1, 1, 1000, DType.F32);
    Tape<Tensor, Tensor> plain = Tape.record(z -> chain(z, block, false), x).gradient();
    Tape<Tensor, Tensor> called = Tape.record(z -> chain(z, block, true), x).gradient();
    assertThat(called.run(x).sameAs(plain.run(x))).isTrue();
    assertThat(called.player().play(x).sameAs(plain.run(x))).isTrue();
    long one = 4 * 1000;
    assertThat(plain.player().bytes()).isGreaterThan(80 * one);
    assertThat(called.player().bytes()).isLessThan(30 * one);
  }

  @Test
  void gradientsThroughCallsReplayWithoutAllocating() {
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> Tape.call(z -> layer(row(z), W), x).sum(), X).gradient().player();
    player.set(X);
    Allocation.assertNone(player, 3_000);
  }

  @Test
  void aCallPrintsAsOneLineWithTheUsersLine() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> Tape.call(z -> z.exp().mul(z), x), X);
    assertThat(tape.toString())
        .matches(
            "(?s)%0 \\[3] F64 = x +// inputs\n%1 \\[3] = call\\{2 nodes} %0 +// CallTest\\.java:\\d+\nreturn %1");
  }

  @Test
  void whatNobodyReadsIsNotComputedInsideACall() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> Tape.call(z -> List.of(z.exp(), z.sin().mul(W)), x).get(0), X);
    assertThat(tape.nodes()).hasSize(1);
    assertThat(tape.nodes().getFirst().op().name()).isEqualTo("call{1 nodes}");
    assertThat(tape.nodes().getFirst().inputs()).containsExactly(0);
  }

  @Test
  void equalCallsOfOneTapeAreOneNode() {
    Tape<Tensor, Tensor> square = Tape.record(z -> z.mul(z), X);
    Tape<Tensor, Tensor> twice = Tape.record(x -> square.call(x).add(square.call(x)), X);
    assertThat(twice.nodes())
        .extracting(node -> node.op().name())
        .containsExactly("call{1 nodes}", "add");
  }

  @Test
  void aFunctionThatReadsAValueIsRefused() {
    assertThatThrownBy(() -> Tape.call(x -> x.mul(x.sum().item()), X))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching(
            "a called tape runs at other values, so it cannot be pinned by item\\(\\) at"
                + " CallTest\\.java:\\d+");
  }

  @Test
  void aGuardInsideACallIsAskedOnEveryPlay() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> Tape.call(z -> z.test(v -> v > 0) ? z.exp() : z, x), Tensor.scalar(1.0));
    assertThat(tape.run(Tensor.scalar(0.5)).item()).isEqualTo(Math.exp(0.5));
    assertThatThrownBy(() -> tape.player().play(Tensor.scalar(-1.0)))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching("guard at CallTest\\.java:\\d+ now answers false; record again");
    assertThatThrownBy(() -> tape.gradient().run(Tensor.scalar(-1.0)))
        .isInstanceOf(StaleTape.class);
  }

  @Test
  void anotherShapeIsRefused() {
    Tape<Tensor, Tensor> square = Tape.record(z -> z.mul(z), X);
    assertThatThrownBy(() -> square.call(Tensor.of(1., 2)))
        .hasMessage("call{1 nodes} needs (3), got (2)");
    assertThatThrownBy(() -> square.call(Tensor.of(1f, 2f, 3f)))
        .hasMessage("call{1 nodes} needs F64(3), got F32(3)");
  }

  @Test
  void aCheckedPlayNamesTheOpInsideOfCallsAndLoops() {
    Player<Tensor, Tensor> player =
        Tape.record(
                (Tensor x) ->
                    Tape.scan(
                            c -> new Scanned<>(Tape.call(z -> z.log(), c), List.<Tensor>of()), x, 3)
                        .carry(),
                Tensor.of(100., 200))
            .player()
            .checked();
    assertThat(player.play(Tensor.of(100., 200)).at(0)).isPositive();
    assertThatThrownBy(() -> player.play(Tensor.of(1., 200)))
        .isInstanceOf(NotFinite.class)
        .hasMessageMatching(
            "log at CallTest\\.java:\\d+ made -Infinity at \\[0], from \\(2\\) in \\[0\\.0, .*");
  }

  @Test
  void theMemoryOfWhatRunsInsideIsPartOfTheTable() {
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> Tape.call(z -> z.exp().sin().cos(), x), X).player();
    // x and the result outside; exp and sin inside, while cos writes the result in place.
    assertThat(player.bytes()).isEqualTo(4 * 24);
    assertThat(player.memory())
        .endsWith(
            "48 bytes; 48 without sharing%n48 bytes that the insides of nodes take turns in"
                .formatted());
  }
}
