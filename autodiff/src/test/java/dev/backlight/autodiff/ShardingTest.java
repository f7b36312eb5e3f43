package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

class ShardingTest {
  private static final int SIZE = 5;
  private static final int SOME = 3;
  private static final Tensor X = normal(1, SIZE, 4);
  private static final Tensor W = normal(2, 4, 4);

  private static Tensor normal(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F32);
  }

  private record In(Tensor x, Tensor w) {}

  private static Program program(BinaryOperator<Tensor> f) {
    return Tape.record((In in) -> f.apply(in.x(), in.w()), new In(X, W)).program();
  }

  private static Program cut(Program p) {
    return Sharding.of(p, new boolean[] {true, false}, SIZE, SOME);
  }

  /// The program over some examples gives their rows, with the same bits.
  private static void assertCut(BinaryOperator<Tensor> f) {
    Program p = program(f);
    Program less = Objects.requireNonNull(cut(p));
    Tensor all = p.on(X, W)[p.outputs[0]];
    for (int from = 0; from + SOME <= SIZE; from++) {
      Tensor some = less.on(X.slice(0, from, from + SOME), W)[less.outputs[0]];
      assertThat(some.sameAs(all.slice(0, from, from + SOME))).isTrue();
    }
  }

  private static void assertWhole(BinaryOperator<Tensor> f) {
    assertThat(cut(program(f))).isNull();
  }

  @Test
  void pointwiseOperationsAndProductsWithASharedMatrixAreCut() {
    assertCut((x, w) -> x.matmul(w).tanh().mul(x).add(1));
    assertCut((x, w) -> x.matmul(w.exp(), false, true).gt(0).where(x, x.neg()));
  }

  @Test
  void columnsMayBeCutJoinedPaddedAndShapedAnew() {
    assertCut((x, w) -> {
      List<Tensor> parts = x.split(1, 1, 3);
      return Tensor.concat(1, parts.get(1).sin(), parts.get(0));
    });
    assertCut((x, w) -> x.reshape(SIZE, 2, 2).exp().reshape(SIZE, 4));
    assertCut((x, w) -> x.pad(1, 2, 1));
    assertCut((x, w) -> x.pad(1, 2, 1, 3));
  }

  @Test
  void whatAllExamplesShareIsSpreadOverThem() {
    assertCut((x, w) -> x.add(w.slice(0, 1, 2)));
    assertCut((x, w) -> x.add(w.sum()));
    assertCut((x, w) -> x.slice(1, 0, 1).expand(Shape.of(SIZE, 4)).mul(x));
    assertCut((x, w) -> x.mul(Tensor.of(1f, 2f, 3f, 4f)));
  }

  @Test
  void eachExampleMayHaveMatricesOfItsOwn() {
    assertCut((x, w) -> x.reshape(SIZE, 2, 2).matmul(x.reshape(SIZE, 2, 2), true, false));
  }

  @Test
  void examplesThatDependOnEachOtherStayTogether() {
    assertWhole((x, w) -> x.sub(x.mean(0)));
    assertWhole((x, w) -> x.matmul(x, false, true).matmul(x));
    assertWhole((x, w) -> x.matmul(x, true, false));
    assertWhole((x, w) -> x.flip(0));
    assertWhole((x, w) -> x.slice(0, 1, 3).exp());
    assertWhole((x, w) -> Tensor.concat(0, x, x));
    assertWhole((x, w) -> x.transpose().sin());
    assertWhole((x, w) -> x.cumsum(0));
    assertWhole((x, w) -> x.reshape(4, SIZE).exp());
  }

  @Test
  void aConstantOfEachExampleIsNoneOfAll() {
    Tensor own = normal(3, SIZE, 4);
    assertWhole((x, w) -> x.mul(own));
  }

  @Test
  void whatNoExampleHasAPartInIsNotCut() {
    assertWhole((x, w) -> w.exp());
  }
}
