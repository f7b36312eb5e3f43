package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Log;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Relu;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Tanh;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SimplificationTest {
  /// With zeros of both signs, an infinity and a NaN.
  private static final Tensor X =
      Tensor.concat(
          0,
          Key.of(3).normal(Shape.of(2, 6), DType.F32),
          Tensor.of(0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, -1f, 2f).reshape(1, 6));

  /// The ops that are left of a function behind its input's tanh and before that of its result.
  private static List<Op> left(UnaryOperator<Tensor> f) {
    Tape<Tensor, Tensor> tape = Tape.record(x -> f.apply(x.tanh()).relu(), X);
    assertThat(tape.player().play(X).sameAs(tape.run(X))).isTrue();
    Program simple = Simplification.simplify(tape.program());
    Tensor[] values = simple.on(X);
    assertThat(values[simple.outputs[0]].sameAs(tape.run(X))).isTrue();
    List<Op> ops = simple.nodes.stream().map(Node::op).toList();
    assertThat(ops).startsWith(new Tanh()).endsWith(new Relu());
    return ops.subList(1, ops.size() - 1);
  }

  private static void goes(UnaryOperator<Tensor> f) {
    assertThat(left(f)).isEmpty();
  }

  @Test
  void neutralNumbersGo() {
    goes(x -> x.mul(1));
    goes(x -> x.div(1));
    goes(x -> x.mul(Tensor.ones(3, 6)));
    goes(x -> Tensor.ones(6).mul(x));
    goes(x -> x.sub(Tensor.zeros(3, 6)));
    goes(x -> x.add(-0.));
    goes(x -> x.add(Tensor.full(Shape.of(3, 6), DType.F32, -0.)));
  }

  /// The sum of −0 and 0 is 0, the difference of −0 and −0, too.
  @Test
  void whatWouldChangeTheSignOfAZeroStays() {
    assertThat(left(x -> x.add(0))).containsExactly(new Shift(0));
    assertThat(left(x -> x.add(Tensor.zeros(3, 6)))).containsExactly(new Add());
    assertThat(left(x -> x.sub(Tensor.full(Shape.of(3, 6), DType.F32, -0.)))).hasSize(1);
    assertThat(left(x -> x.mul(Tensor.full(Shape.of(3, 6), DType.F32, 1.5)))).hasSize(1);
  }

  @Test
  void signsAreJoined() {
    goes(x -> x.neg().neg());
    assertThat(left(x -> x.mul(3).neg())).containsExactly(new Scale(-3));
  }

  @Test
  void elementsThatOnlyMoveMoveOnce() {
    goes(x -> x.transpose().transpose());
    goes(x -> x.reshape(18).reshape(2, 9).reshape(3, 6));
    goes(x -> x.flip(0).flip(0));
    goes(x -> x.pad(1, 2, 1).slice(1, 2, 8));
    assertThat(left(x -> x.reshape(3, 2, 3).permute(1, 2, 0).permute(1, 0, 2)))
        .containsExactly(new Reshape(Shape.of(3, 2, 3)), new Permute(List.of(2, 1, 0)));
    assertThat(left(x -> x.unsqueeze(0).permute(1, 2, 0)))
        .containsExactly(new Reshape(Shape.of(3, 6, 1)));
    assertThat(left(x -> x.unsqueeze(0).expand(Shape.of(2, 3, 6)).expand(Shape.of(4, 2, 3, 6))))
        .containsExactly(new Reshape(Shape.of(1, 3, 6)), new Expand(Shape.of(4, 2, 3, 6)));
    assertThat(left(x -> x.slice(1, 1, 6).slice(1, 2, 4))).hasSize(1);
  }

  @Test
  void cutsAndJoinsMeet() {
    goes(x -> Tensor.concat(1, x.slice(1, 0, 2), x.slice(1, 2, 5), x.slice(1, 5, 6)));
    goes(x -> Tensor.concat(0, Tensor.ones(2, 6), x, Tensor.ones(1, 6)).slice(0, 2, 5));
    assertThat(left(x -> Tensor.concat(1, x.slice(1, 1, 2), x.slice(1, 2, 5))))
        .hasSize(1)
        .hasOnlyElementsOfType(Slice.class);
    assertThat(left(x -> Tensor.concat(1, x.slice(1, 2, 5), x.slice(1, 0, 2)))).hasSize(3);
  }

  @Test
  void aChoiceByAConstantIsMade() {
    Tensor yes = Tensor.ones(3, 6).gt(0);
    goes(x -> Tensor.where(yes, x, x.exp()));
    goes(x -> Tensor.where(yes.not(), x.exp(), x));
    goes(x -> Tensor.where(x.gt(.5), x, x));
  }

  @Test
  void whatConstantsMakeIsAConstant() {
    Tensor yes = Tensor.ones(3, 6).gt(0);
    Tensor four = Tensor.full(Shape.of(3, 6), DType.F32, 4);
    assertThat(left(x -> x.mul(Tensor.where(yes, four, x).sqrt()))).containsExactly(new Mul());
    // An infinity is for a checked player to find.
    Tensor none = Tensor.zeros(3, 6);
    assertThat(left(x -> x.mul(Tensor.where(yes, none, x).log()))).contains(new Log());
  }

  @Test
  void aGradientIsNotMultipliedByOnes() {
    Tape<Tensor, Tensor> slope = Tape.record((Tensor x) -> x.tanh().sum(), X).gradient();
    long before = slope.nodes().size();
    Program simple = Simplification.simplify(slope.program());
    assertThat(simple.nodes).hasSizeLessThan((int) before);
    assertThat(simple.nodes.stream().map(node -> node.op().name())).containsOnlyOnce("mul");
    assertThat(slope.player().play(X).sameAs(slope.run(X))).isTrue();
  }

  @Test
  void anOutputStaysANodeOfItsOwn() {
    Tape<Tensor, List<Tensor>> tape =
        Tape.record(x -> List.of(x.mul(1), x.transpose().transpose(), x), X);
    assertThat(Simplification.simplify(tape.program()).nodes).isNotEmpty();
    assertThat(tape.player().play(X)).allMatch(y -> y.sameAs(X));
  }
}
