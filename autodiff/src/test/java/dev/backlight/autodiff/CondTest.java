package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CondTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(3), DType.F64);
  private static final Tensor W = Key.of(2).normal(Shape.of(3), DType.F64);

  /// `x·w` exponentiated where the sum is positive, else `sin x · Σw`.
  private static Tensor choice(Tensor x, Tensor w) {
    return Tape.cond(x.sum().gt(0), z -> z.mul(w).exp(), z -> z.sin().mul(w.sum()), x);
  }

  @Test
  void eachReplayRunsTheBranchOfItsOwnValues() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> choice(x, W), X);
    Player<Tensor, Tensor> player = tape.player();
    Tensor up = Tensor.of(1., 2, -.5);
    Tensor down = up.neg();
    for (int i = 0; i < 2; i++) {
      assertThat(player.play(up).sameAs(up.mul(W).exp())).isTrue();
      assertThat(player.play(down).sameAs(down.sin().mul(W.sum()))).isTrue();
    }
    assertThat(tape.run(down).sameAs(down.sin().mul(W.sum()))).isTrue();
    assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
  }

  @Test
  void bothBranchesPassTheGradientCheckToOrderThree() {
    for (Tensor x : List.of(Tensor.of(1., 2, -.5), Tensor.of(-1., -2, .5))) {
      GradCheck.standard()
          .order(3)
          .check((List<Tensor> in) -> choice(in.get(0), in.get(1)), List.of(x, W));
    }
  }

  @Test
  void aGradientChoosesAnewOnEveryReplay() {
    Tape<Tensor, Tensor> gradient = Tape.record(x -> choice(x, W).sum(), X).gradient();
    Player<Tensor, Tensor> player = gradient.player();
    Tensor up = Tensor.of(1., 2, -.5);
    Tensor down = up.neg();
    assertThat(player.play(up).sameAs(up.mul(W).exp().mul(W))).isTrue();
    assertThat(player.play(down).sameAs(down.cos().mul(W.sum()))).isTrue();
  }

  @Test
  void theBranchThatIsNotChosenDoesNotRun() {
    // A guard inside a branch is asked only where the branch runs.
    Tape<Tensor, Tensor> tape =
        Tape.record(
            x -> Tape.cond(x.gt(0), z -> z.test(v -> v > 0) ? z.log() : z, z -> z.mul(3), x),
            Tensor.scalar(1.));
    assertThat(tape.run(Tensor.scalar(-2.)).item()).isEqualTo(-6);
    assertThat(tape.player().play(Tensor.scalar(-2.)).item()).isEqualTo(-6);
    assertThat(tape.run(Tensor.scalar(1.)).item()).isZero();
  }

  @Test
  void whatTheChoiceAvoidsDoesNotSpoilTheGradient() {
    Tape<Tensor, Tensor> slope =
        Tape.record(
                (Tensor x) -> Tape.cond(x.gt(0), z -> z.log(), z -> z.mul(0), x), Tensor.scalar(1.))
            .gradient();
    assertThat(slope.run(Tensor.scalar(0.)).item()).isZero();
    assertThat(slope.run(Tensor.scalar(.5)).item()).isEqualTo(2);
  }

  @Test
  void choicesReplayWithoutAllocatingInTheMemoryOfTheLargerBranch() {
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> choice(x, W).sum(), X).gradient().player();
    player.set(X);
    Allocation.assertNone(player, 3_000);
  }

  @Test
  void structuresComeOutOfBothBranches() {
    record Two(Tensor a, Tensor b) {}
    GradCheck.standard()
        .check(
            (Two in) ->
                Tape.cond(
                    Tensor.scalar(1.).gt(0),
                    (Two t) -> new Two(t.a().mul(t.b()), t.b()),
                    (Two t) -> new Two(t.b(), t.a()),
                    in),
            new Two(X, W));
  }

  @Test
  void branchesThatAnswerDifferentlyAreRefused() {
    assertThatThrownBy(() -> Tape.cond(X.sum().gt(0), z -> z, z -> z.sum(), X))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "cond needs branches that answer alike, got [F64(3)] at [x] and [F64()] at [x]");
    assertThatThrownBy(() ->
            Tape.<Tensor, List<Tensor>>cond(X.sum().gt(0), z -> List.of(z), z -> List.of(), X))
        .isInstanceOf(ShapeException.class)
        .hasMessage("cond needs branches that answer alike, got [F64(3)] at [0] and [] at []");
    assertThatThrownBy(() -> Tape.cond(X.gt(0), z -> z, z -> z, X))
        .isInstanceOf(ShapeException.class)
        .hasMessage("cond needs a BOOL scalar to choose by, got BOOL(3)");
    assertThatThrownBy(() -> Tape.cond(X.sum(), z -> z, z -> z, X))
        .hasMessage("cond needs a BOOL scalar to choose by, got F64()");
  }

  @Test
  void aChoiceIsOneLineOfATape() {
    assertThat(Tape.record((Tensor x) -> choice(x, W), X).toString())
        .containsPattern("= cond\\{2 nodes, else 2} %\\d+ %0 +// CondTest\\.java:\\d+");
  }
}
