package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What players keep of constants that repeat a few numbers, and that the answers stay.
class RepeatedConstantsTest {
  private static final Shape IMAGE = Shape.of(2, 8, 12, 16);

  private static Tensor x(DType dtype) {
    return Key.of(1).normal(IMAGE, dtype);
  }

  /// The sizes of the constants of what a player runs, after its answers were found to be those of
  /// the tape.
  private static List<Shape> kept(UnaryOperator<Tensor> f, Tensor x) {
    Tape<Tensor, Tensor> tape = Tape.record(f, x);
    Player<Tensor, Tensor> player = tape.player();
    for (int play = 0; play < 2; play++) {
      assertThat(player.play(x).sameAs(tape.run(x))).isTrue();
    }
    Program run = tape.program().playable();
    List<Block> compiled = FusionTest.compiled(run, List.of(x));
    assertThat(Tensor.over(compiled.getFirst()).sameAs(tape.run(x))).isTrue();
    return run.constants.values().stream().map(Block::shape).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void aNumberForEachChannelIsReadFromWhereItIs(DType dtype) {
    Tensor scale = Key.of(2).normal(Shape.of(8, 1, 1), dtype);
    Tensor shift = Key.of(3).normal(Shape.of(8, 1, 1), dtype);
    assertThat(kept(x -> x.mul(scale).add(shift), x(dtype)))
        .containsExactly(Shape.of(1, 8, 1, 1), Shape.of(1, 8, 1, 1));
  }

  @Test
  void zerosBesideAChoiceAreOneNumber() {
    assertThat(kept(x -> x.gt(0).where(x.exp(), 0), x(DType.F32)))
        .containsExactly(Shape.of(1, 1, 1, 1));
  }

  @Test
  void zerosOfTwoSignsAreNotOneNumber() {
    Tensor zeros = x(DType.F32).mul(0); // of both signs, as x has them
    assertThat(kept(x -> x.mul(2).mul(zeros), x(DType.F32))).containsExactly(IMAGE);
  }

  @Test
  void integersAndTruthValuesRepeatToo() {
    Tensor mask = Key.of(2).normal(Shape.of(12, 16), DType.F32).gt(0);
    assertThat(kept(x -> mask.where(x.exp(), x), x(DType.F32)))
        .containsExactly(Shape.of(1, 1, 12, 16));
    Tensor steps = Key.of(2).integers(Shape.of(16), 0, 100).to(DType.I64);
    assertThat(kept(x -> x.to(DType.I64).mul(steps).add(1).to(DType.F32), x(DType.F32)))
        .containsExactly(Shape.of(1, 1, 1, 16));
  }

  @Test
  void whatIsReadByAnotherOpOrGivenOutStays() {
    Tensor ones = Tensor.ones(64, 64);
    assertThat(kept(x -> x.mul(2).matmul(ones), Key.of(1).normal(Shape.of(64, 64), DType.F32)))
        .containsExactly(Shape.of(64, 64));
    Tape<Tensor, List<Tensor>> tape =
        Tape.record(
            x -> List.of(x.mul(ones).add(1), ones), Key.of(1).normal(Shape.of(64, 64), DType.F32));
    assertThat(tape.program().playable().constants.values())
        .extracting(Block::shape)
        .containsExactly(Shape.of(64, 64));
  }

  @Test
  void aPatternThatIsNotReadAtItsSourceStays() {
    // Repeated in the middle only.
    Tensor middle = Key.of(2).normal(Shape.of(2, 1, 12, 16), DType.F32);
    assertThat(kept(x -> x.mul(middle).add(1), x(DType.F32))).containsExactly(IMAGE);
  }
}
