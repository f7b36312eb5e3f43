package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Mul;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// That factors of channels disappear in filters, how far the answers move, and when they stay.
class ScaleFoldingTest {
  private static final Conv2dOptions PADDED = Conv2dOptions.of().padding(1);

  private static Tensor normal(int seed, DType dtype, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), dtype);
  }

  private static Program shrunk(Tape<Tensor, Tensor> tape) {
    return RepeatedConstants.shrink(tape.program());
  }

  private static Tensor run(Program p, Tensor x) {
    return p.on(x)[p.outputs[0]];
  }

  private static long factors(Program p) {
    return p.nodes.stream().filter(node -> node.op() instanceof Mul).count();
  }

  /// The convolution of absolute values times absolute factors: what the bound is a multiple of.
  private static Tensor sizes(Tensor x, Tensor w, Tensor c) {
    return x.abs().conv2d(w.abs(), PADDED).mul(c.abs());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void aFactorForEachChannelBehindAConvolutionIsInItsFilters(DType dtype) {
    Tensor x = normal(1, dtype, 2, 5, 14, 13);
    Tensor w = normal(2, dtype, 12, 5, 3, 3);
    Tensor c = normal(3, dtype, 12, 1, 1);
    Program p = shrunk(Tape.record((Tensor in) -> in.conv2d(w, PADDED).mul(c).relu(), x));
    Program folded = ScaleFolding.folded(p);
    assertThat(factors(p)).isEqualTo(1);
    assertThat(factors(folded)).isZero();
    Tensor apart = run(folded, x).sub(run(p, x)).abs();
    // 45 terms: what is rounded otherwise is not more than what the sums round anyway.
    double unit = dtype == DType.F32 ? 0x1p-23 : 0x1p-52;
    assertThat(apart.div(sizes(x, w, c)).amax().item()).isPositive().isLessThan(3 * unit);
  }

  @Test
  void powersOfTwoMoveNoBit() {
    Tensor x = normal(1, DType.F32, 1, 5, 14, 13);
    Tensor w = normal(2, DType.F32, 12, 5, 3, 3);
    Tensor c = Key.of(3).integers(Shape.of(12, 1, 1), -3, 4).to(DType.F32).exp2();
    Program p = shrunk(Tape.record((Tensor in) -> in.conv2d(w, PADDED).mul(c).relu(), x));
    assertThat(run(ScaleFolding.folded(p), x).sameAs(run(p, x))).isTrue();
  }

  @Test
  void theGradientReadsTheSameFilters() {
    Tensor x = normal(1, DType.F64, 2, 3, 40, 40);
    Tensor first = normal(2, DType.F64, 4, 3, 3, 3);
    Tensor second = normal(3, DType.F64, 5, 4, 3, 3);
    Tensor c = normal(4, DType.F64, 4, 1, 1);
    Tensor d = normal(5, DType.F64, 1, 5, 1, 1);
    Tape<Tensor, Tensor> tape =
        Tape.record(
            (Tensor in) ->
                in.conv2d(first, PADDED)
                    .mul(c)
                    .add(d.sum())
                    .relu()
                    .conv2d(second, PADDED)
                    .mul(d)
                    .tanh()
                    .sum(),
            x);
    Program p = shrunk(tape.gradient());
    Program folded = ScaleFolding.folded(p);
    assertThat(factors(p)).isGreaterThan(factors(folded)).isGreaterThanOrEqualTo(4);
    // Two filters, each once: forward and backward have one.
    assertThat(
            folded.constants.values().stream().filter(b -> b.shape().rank() == 4 && b.size() > 9))
        .extracting(Block::shape)
        .containsExactlyInAnyOrder(first.shape(), second.shape());
    double error = run(folded, x).sub(run(p, x)).abs().amax().item();
    assertThat(error / run(p, x).abs().amax().item()).isLessThan(1e-14);
  }

  @Test
  void factorsOnBothSidesAndOneForAllAreFolded() {
    Tensor x = normal(1, DType.F64, 2, 4, 30, 30);
    Tensor w = normal(2, DType.F64, 5, 4, 3, 3);
    Tensor before = normal(3, DType.F64, 4, 1, 1);
    Tensor all = Tensor.of(Shape.of(1, 1, 1), 0.3);
    UnaryOperator<Tensor> f = in -> in.mul(before).conv2d(w, PADDED).mul(all);
    Program p = shrunk(Tape.record(f, x));
    Program folded = ScaleFolding.folded(p);
    assertThat(factors(folded)).isZero();
    assertThat(run(folded, x).sub(run(p, x)).abs().amax().item()).isLessThan(1e-13);
  }

  @Test
  void aFactorBetweenTwoConvolutionsIsFoldedOnce() {
    Tensor x = normal(1, DType.F64, 2, 4, 30, 30);
    Tensor first = normal(2, DType.F64, 5, 4, 3, 3);
    Tensor second = normal(3, DType.F64, 6, 5, 3, 3);
    Tensor c = normal(4, DType.F64, 5, 1, 1);
    Program p =
        shrunk(
            Tape.record((Tensor in) -> in.conv2d(first, PADDED).mul(c).conv2d(second, PADDED), x));
    Program folded = ScaleFolding.folded(p);
    assertThat(factors(folded)).isZero();
    assertThat(run(folded, x).sub(run(p, x)).abs().amax().item()).isLessThan(1e-12);
  }

  @Test
  void groupsAreScaledByTheirFilters() {
    Tensor x = normal(1, DType.F64, 2, 6, 30, 30);
    Tensor w = normal(2, DType.F64, 6, 1, 3, 3);
    Tensor c = normal(3, DType.F64, 6, 1, 1);
    Conv2dOptions depthwise = PADDED.groups(6);
    Program p = shrunk(Tape.record((Tensor in) -> in.conv2d(w, depthwise).mul(c), x));
    Program folded = ScaleFolding.folded(p);
    assertThat(factors(folded)).isZero();
    assertThat(run(folded, x).sub(run(p, x)).abs().amax().item()).isLessThan(1e-13);
    Program ahead = shrunk(Tape.record((Tensor in) -> in.mul(c).conv2d(w, depthwise), x));
    assertThat(ScaleFolding.folded(ahead)).isSameAs(ahead);
  }

  @Test
  void whatIsReadTwiceOrVariesOrWouldOverflowStays() {
    Tensor x = normal(1, DType.F32, 1, 4, 30, 30);
    Tensor w = normal(2, DType.F32, 5, 4, 3, 3);
    Tensor c = normal(3, DType.F32, 5, 1, 1);
    List<UnaryOperator<Tensor>> all =
        List.of(
            in -> {
              Tensor y = in.conv2d(w, PADDED);
              return y.mul(c).add(y);
            },
            in -> in.conv2d(w, PADDED).mul(in.amax()),
            in -> in.conv2d(w.mul(1e-30), PADDED).mul(c.mul(1e-10)),
            in -> in.conv2d(w.mul(1e30), PADDED).mul(c.mul(1e10)),
            in -> in.mul(0.1).conv2d(w.mul(in.amax()), PADDED).mul(c));
    for (UnaryOperator<Tensor> f : all) {
      Program p = shrunk(Tape.record(f, x));
      assertThat(ScaleFolding.folded(p)).isSameAs(p);
    }
  }

  @Test
  void playersRunFoldedProgramsAndTapesDoNot() {
    Tensor x = normal(1, DType.F32, 1, 4, 30, 30);
    Tensor w = normal(2, DType.F32, 5, 4, 3, 3);
    Tensor c = normal(3, DType.F32, 5, 1, 1);
    Tape<Tensor, Tensor> tape =
        Tape.record((Tensor in) -> in.conv2d(w, PADDED).mul(c).named("y"), x);
    assertThat(tape.node("y")).isPresent();
    assertThat(factors(tape.program())).isEqualTo(1);
    assertThat(factors(tape.program().playable())).isZero();
    assertThat(tape.player().play(x).sub(tape.run(x)).abs().div(sizes(x, w, c)).amax().item())
        .isLessThan(3 * 0x1p-23);
  }
}
