package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AffinePrefixTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(3, 4), DType.F64);
  private static final Tensor W = Key.of(2).normal(Shape.of(4, 4), DType.F64);

  /// The ops at which the affine beginning of a function ends; behind them the rest is the rest.
  private static List<String> prefix(Function<Tensor, Tensor> f) {
    Tape<Tensor, Tensor> tape = Tape.record(f, X);
    List<Node> nodes = tape.affinePrefix();
    if (!nodes.isEmpty()) {
      Tensor there = tape.from(nodes).run(tape.at(nodes).run(X));
      assertThat(there.sameAs(tape.run(X))).isTrue();
    }
    return nodes.stream().map(node -> node.op().name()).toList();
  }

  @Test
  void goesThroughProductsSumsAndMoves() {
    assertThat(prefix(x -> x.sub(1).matmul(W).mul(3).add(W.slice(0, 0, 1)).transpose().exp()))
        .containsExactly("permute");
    assertThat(prefix(x -> x.matmul(W).sum(0).tanh())).containsExactly("sum");
  }

  @Test
  void endsWhereSomethingElseBegins() {
    assertThat(prefix(x -> x.matmul(W).relu().matmul(W).relu())).containsExactly("matmul");
    assertThat(prefix(x -> x.matmul(W).square())).containsExactly("matmul");
    assertThat(prefix(x -> x.matmul(W).mul(2).gt(0).to(DType.F64))).containsExactly("scale");
  }

  @Test
  void mayEndInSeveralPlacesOrBeAll() {
    assertThat(prefix(x -> x.matmul(W).exp().mul(x.mul(2).matmul(W))))
        .containsExactlyInAnyOrder("matmul", "matmul");
    assertThat(prefix(x -> x.matmul(W).add(1))).containsExactly("shift");
  }

  @Test
  void isNoneWhereTheInputIsReadOtherwiseOrNothingIsSaved() {
    assertThat(prefix(x -> x.matmul(W).exp().mul(x))).isEmpty();
    assertThat(prefix(x -> x.mul(3).exp())).isEmpty();
    assertThat(prefix(x -> x.matmul(x.transpose()))).isEmpty();
  }

  @Test
  void aGuardOfTheBeginningKeepsItTogether() {
    assertThat(
            prefix(x -> {
              Tensor y = x.matmul(W);
              return y.sum().test(v -> v > -1e9) ? y.exp() : y;
            }))
        .isEmpty();
  }

  @Test
  void aRestThatReadsTheInputsOtherwiseIsRefused() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.exp().mul(x), X);
    assertThatThrownBy(() -> tape.from(List.of(tape.nodes().getFirst())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a rest needs to read no input of its tape but through the given nodes, got one that reads"
                + " input 0");
  }
}
