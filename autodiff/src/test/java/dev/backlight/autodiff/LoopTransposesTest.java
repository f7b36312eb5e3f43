package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Permute;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopTransposesTest {
  private static final Permute SWAP = new Permute(List.of(1, 0));

  record In(Tensor start, Tensor w, Tensor xs) {}

  private static final In IN = new In(normal(1, 2, 3), normal(2, 3, 3), normal(3, 5, 2, 3));

  private static Tensor normal(int seed, int... sizes) {
    return Key.of(seed).normal(Shape.of(sizes), DType.F32);
  }

  /// What a step does.
  interface Step {
    Tensor next(Tensor h, Tensor x, Tensor w);
  }

  private static Tensor scan(In in, Step step) {
    return Tape.scan(
            (Tensor h, Tensor x) -> {
              Tensor next = step.next(h, x, in.w());
              return new Scanned<>(next, next);
            },
            in.start(),
            in.xs())
        .out();
  }

  /// The program after the pass; a player has the bits of the tape.
  private static Program hoisted(Tape<In, ?> tape) {
    List<Tensor> played = Struct.leaves(tape.player().play(IN));
    List<Tensor> run = Struct.leaves(tape.run(IN));
    for (int k = 0; k < run.size(); k++) {
      assertThat(played.get(k).sameAs(run.get(k))).isTrue();
    }
    return LoopTransposes.hoist(tape.program());
  }

  private static List<Op> ops(Program p) {
    return p.nodes.stream().map(Node::op).toList();
  }

  /// What loops run.
  private static List<Op> inside(Program p) {
    return p.nodes.stream()
        .filter(node -> node.op() instanceof Nest)
        .flatMap(node -> ((Nest) node.op()).uses().stream())
        .flatMap(use -> ops(use.body().program).stream())
        .toList();
  }

  @Test
  void aMatrixThatStepsReadTransposedIsTransposedOnce() {
    Program p =
        hoisted(Tape.record((In in) -> scan(in, (h, x, w) -> h.matmul(w, false, true).add(x)), IN));
    assertThat(ops(p)).hasSize(2).startsWith(SWAP);
    assertThat(inside(p)).contains(new MatMul(false, false)).hasSize(2);
  }

  @Test
  void soItIsInTheDerivative() {
    Tape<In, In> slope =
        Tape.record((In in) -> scan(in, (h, x, w) -> h.matmul(w).add(x).tanh()).sum(), IN)
            .gradient();
    assertThat(inside(slope.program())).contains(new MatMul(false, true));
    Program p = hoisted(slope);
    assertThat(inside(p)).doesNotContain(new MatMul(false, true));
    assertThat(ops(p)).containsOnlyOnce(SWAP);
  }

  @Test
  void severalProductsOfALoopReadOne() {
    Program p =
        hoisted(
            Tape.record(
                (In in) ->
                    scan(in, (h, x, w) -> h.matmul(w, false, true).add(x.matmul(w, false, true))),
                IN));
    assertThat(ops(p)).hasSize(2).containsOnlyOnce(SWAP);
  }

  @Test
  void loopsInsideOfLoopsGetItFromOutsideOfBoth() {
    Program p =
        hoisted(
            Tape.record(
                (In in) ->
                    scan(
                        in,
                        (h, x, w) ->
                            Tape.scan(g -> new Scanned<>(g.matmul(w, false, true).add(x), g), h, 2)
                                .carry()),
                IN));
    assertThat(ops(p)).hasSize(2).startsWith(SWAP);
    assertThat(inside(p)).hasSize(1).noneMatch(Permute.class::isInstance);
  }

  @Test
  void aRepeatedTapeDoesTheSame() {
    Program p =
        hoisted(
            Tape.record(
                (In in) ->
                    Tape.sumOver((Tensor x) -> x.matmul(in.w(), false, true).sin().sum(), in.xs()),
                IN));
    assertThat(ops(p)).hasSize(2).startsWith(SWAP);
  }

  @Test
  void loopsWithoutSuchProductsStayAsTheyAre() {
    Program p = Tape.record((In in) -> scan(in, (h, x, w) -> h.matmul(w).add(x)), IN).program();
    assertThat(LoopTransposes.hoist(p)).isSameAs(p);
    // Of the matrix of each step there is none to transpose before.
    Program own =
        Tape.record((In in) -> scan(in, (h, x, w) -> h.matmul(x, false, true).matmul(x)), IN)
            .program();
    assertThat(LoopTransposes.hoist(own)).isSameAs(own);
  }
}
