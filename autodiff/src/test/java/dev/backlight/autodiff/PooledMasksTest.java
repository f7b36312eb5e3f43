package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A mask that goes through a pool keeps every bit, NaN, zeros of both signs and ties among the
/// numbers.
class PooledMasksTest {
  private static Tensor images(DType dtype) {
    Tensor x = Key.of(3).normal(Shape.of(2, 3, 9, 8), dtype);
    Tensor ties = x.mul(2).round().div(2);
    return ties.eq(1).where(Double.NaN, ties);
  }

  /// The gradient of a weighted sum as a player's program, after its answer was found to be that of
  /// the nodes apart.
  private static List<String> played(UnaryOperator<Tensor> f, Tensor x) {
    Tensor weights = Key.of(4).normal(f.apply(x).shape(), x.dtype());
    Tape<Tensor, Tensor> slope =
        Tape.record((Tensor v) -> f.apply(v).mul(weights).sum(), x).gradient();
    Tensor want = slope.run(x);
    Tensor got = slope.player().play(x);
    assertThat(got.sameAs(want)).isTrue();
    assertThat(want.ne(0).any().item()).isEqualTo(1);
    return PooledMasks.pull(slope.program()).nodes.stream().map(n -> n.op().name()).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void theMaskOfAReluIsAskedOfThePool(DType dtype) {
    assertThat(played(x -> x.relu().maxPool2d(Pool2dOptions.of(2)), images(dtype)))
        .containsSubsequence("maxpool2d", "gt", "where", "maxpool2dinput")
        .endsWith("maxpool2dinput");
  }

  @Test
  void windowsMayOverlapAndReachIntoThePadding() {
    Pool2dOptions wide = Pool2dOptions.of(3).stride(2).padding(1);
    assertThat(played(x -> x.relu().maxPool2d(wide), images(DType.F32))).endsWith("maxpool2dinput");
  }

  @Test
  void anotherMaskStaysWhereItIs() {
    assertThat(
            played(
                x ->
                    x.add(1)
                        .relu()
                        .maxPool2d(Pool2dOptions.of(2))
                        .add(x.relu().mul(0.5).maxPool2d(Pool2dOptions.of(2))),
                images(DType.F32)))
        .contains("where", "maxpool2dinput");
    Tensor x = images(DType.F32);
    Tape<Tensor, Tensor> other =
        Tape.record(
                (Tensor v) -> v.gt(0.25).where(v, 0).maxPool2d(Pool2dOptions.of(2)).square().sum(),
                x)
            .gradient();
    assertThat(PooledMasks.pull(other.program())).isSameAs(other.program());
  }
}
