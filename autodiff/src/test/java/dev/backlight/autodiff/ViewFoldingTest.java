package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.AttentionOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Permute;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ViewFoldingTest {
  private static Tensor normal(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F32);
  }

  private static List<Op> ops(Program p) {
    return p.nodes.stream().map(Node::op).toList();
  }

  /// What a function becomes; a player has the bits of the function itself.
  private static List<Op> folded(UnaryOperator<List<Tensor>> f, Tensor... x) {
    List<Tensor> inputs = List.of(x);
    Tape<List<Tensor>, List<Tensor>> tape = Tape.record(f, inputs);
    List<Tensor> played = tape.player().play(inputs);
    List<Tensor> eager = f.apply(inputs);
    for (int k = 0; k < eager.size(); k++) {
      assertThat(played.get(k).sameAs(eager.get(k))).isTrue();
    }
    return ops(ViewFolding.fold(tape.program()));
  }

  @Test
  void aTranspositionBecomesAFlag() {
    assertThat(
            folded(
                x -> List.of(x.getFirst().transpose().matmul(x.getLast().transpose())),
                normal(1, 5, 3),
                normal(2, 4, 5)))
        .containsExactly(new MatMul(true, true));
    assertThat(
            folded(
                x -> List.of(x.getFirst().matmul(x.getLast().transpose(), false, true)),
                normal(1, 3, 5),
                normal(2, 5, 4)))
        .containsExactly(new MatMul(false, false));
  }

  @Test
  void headsOfAttentionAreReadAndWrittenWhereTheyLie() {
    Tensor[] x = {normal(1, 2, 6, 12), normal(2, 2, 5, 12), normal(3, 2, 5, 12)};
    AttentionOptions heads = AttentionOptions.of().heads(3);
    UnaryOperator<List<Tensor>> attention =
        in -> List.of(in.get(0).attention(in.get(1), in.get(2), heads).tanh());
    assertThat(folded(attention, x)).hasSize(6).noneMatch(Permute.class::isInstance);
    Tape<List<Tensor>, List<Tensor>> slopes =
        Tape.record((List<Tensor> in) -> attention.apply(in).getFirst().sum(), List.of(x))
            .gradient();
    assertThat(ops(slopes.program())).filteredOn(Permute.class::isInstance).hasSize(8);
    assertThat(ops(ViewFolding.fold(slopes.program()))).noneMatch(Permute.class::isInstance);
    List<Tensor> played = slopes.player().play(List.of(x));
    List<Tensor> eager = slopes.run(List.of(x));
    for (int k = 0; k < x.length; k++) {
      assertThat(played.get(k).sameAs(eager.get(k))).isTrue();
    }
  }

  @Test
  void slicesOfOneProductAreReadWhereTheyLie() {
    UnaryOperator<List<Tensor>> attention =
        in -> {
          List<Tensor> parts = in.get(0).matmul(in.get(1)).reshape(2, 6, 36).split(-1, 12, 12, 12);
          AttentionOptions heads = AttentionOptions.of().heads(3);
          return List.of(parts.get(0).attention(parts.get(1), parts.get(2), heads));
        };
    // The scale of the queries needs them by themselves.
    assertThat(folded(attention, normal(1, 12, 8), normal(2, 8, 36)))
        .noneMatch(Permute.class::isInstance)
        .filteredOn(op -> op.name().equals("slice"))
        .hasSize(1);
  }

  @Test
  void whatSomethingElseReadsIsMadeAndReadAsBefore() {
    UnaryOperator<List<Tensor>> f =
        x -> {
          Tensor turned = x.getFirst().transpose();
          return List.of(turned.matmul(x.getLast()), turned.tanh());
        };
    assertThat(folded(f, normal(1, 5, 3), normal(2, 5, 4)))
        .contains(new MatMul(false, false))
        .hasAtLeastOneElementOfType(Permute.class);
    UnaryOperator<List<Tensor>> given =
        x -> {
          Tensor product = x.getFirst().matmul(x.getLast());
          return List.of(product, product.swap(0, 1));
        };
    assertThat(folded(given, normal(1, 2, 3, 5), normal(2, 2, 5, 4)))
        .hasAtLeastOneElementOfType(Permute.class);
  }

  @Test
  void aProductIsWrittenWhereItsPermutationLies() {
    assertThat(
            folded(
                x -> List.of(x.getFirst().matmul(x.getLast()).swap(0, 1).reshape(3, 8)),
                normal(1, 2, 3, 5),
                normal(2, 2, 5, 4)))
        .hasSize(2);
    // Its columns would lie apart.
    assertThat(
            folded(
                x -> List.of(x.getFirst().matmul(x.getLast()).transpose()),
                normal(1, 6, 5),
                normal(2, 5, 4)))
        .hasSize(2);
  }

  @Test
  void aMatrixThatIsRepeatedForABatchIsReadAgainAndAgain() {
    assertThat(
            folded(
                x ->
                    List.of(
                        x.getFirst().matmul(x.getLast().unsqueeze(0).expand(Shape.of(3, 5, 4)))),
                normal(1, 3, 6, 5),
                normal(2, 5, 4)))
        .hasSize(1);
  }

  @Test
  void theTapeAndItsReadersStayAsTheyWere() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> x.transpose().named("turned").matmul(x), normal(1, 5, 3));
    List<String> before = new ArrayList<>();
    tape.nodes().forEach(node -> before.add(node + " " + node.consumers()));
    tape.player().play(normal(2, 5, 3));
    assertThat(tape.nodes()).extracting(node -> node + " " + node.consumers()).isEqualTo(before);
  }
}
