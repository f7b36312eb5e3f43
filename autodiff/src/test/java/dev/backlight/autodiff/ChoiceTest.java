package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// `Tape.cond` under `Tape.vmap`, where every example chooses for itself.
class ChoiceTest {
  private static final Tensor XS = Key.of(1).normal(Shape.of(5, 3), DType.F64);
  private static final Tensor W = Key.of(2).normal(Shape.of(3), DType.F64);

  private static Tensor one(Tensor x, Tensor w) {
    return Tape.cond(x.sum().gt(0), z -> z.mul(w).exp(), z -> z.sin().mul(w.sum()), x);
  }

  private static boolean hasChoice(Tape<?, ?> tape) {
    return tape.nodes().stream().anyMatch(node -> node.op() instanceof Choice);
  }

  @Test
  void everyExampleGetsItsOwnBranchBitForBit() {
    Tape<Tensor, Tensor> many = Tape.record(x -> Tape.vmap(z -> one(z, W), x), XS);
    assertThat(hasChoice(many)).isTrue();
    for (Tensor xs : List.of(XS, XS.neg(), XS.flip(0))) {
      Tensor got = many.player().play(xs);
      boolean[] seen = new boolean[2];
      for (int i = 0; i < 5; i++) {
        Tensor x = xs.slice(0, i, i + 1).reshape(3);
        seen[x.sum().item() > 0 ? 1 : 0] = true;
        assertThat(got.slice(0, i, i + 1).reshape(3).sameAs(one(x, W))).isTrue();
      }
      assertThat(seen).containsExactly(true, true);
    }
  }

  @Test
  void choicesOfABatchPassTheGradientCheckToOrderThree() {
    GradCheck.standard()
        .order(3)
        .check((List<Tensor> in) -> Tape.vmap(z -> one(z, in.get(1)), in.get(0)), List.of(XS, W));
  }

  @Test
  void whatAnExampleDidNotChooseDoesNotSpoilItsGradient() {
    // log and 1/x at 0 are infinite; the examples at 0 and below choose the other branch.
    UnaryOperator<Tensor> f =
        xs ->
            Tape.vmap(
                x -> Tape.cond(x.gt(0), z -> z.log().mul(z.reciprocal()), z -> z.mul(z), x), xs);
    Tensor at = Tensor.of(0., 1, -2, 0);
    Tape<Tensor, Tensor> sum = Tape.record(xs -> f.apply(xs).sum(), at);
    assertThat(hasChoice(sum)).isTrue();
    assertThat(sum.run(at).item()).isEqualTo(4);
    Tape<Tensor, Tensor> gradient = sum.gradient();
    assertThat(gradient.run(at).toDoubles()).containsExactly(0, 1, -4, 0);
    Tape<Tensor, Tensor> second = Tape.record((Tensor x) -> gradient.run(x).sum(), at).gradient();
    // (log x / x)″ = (2 log x − 3)/x³ is −3 at 1.
    assertThat(second.run(at).toDoubles()).containsExactly(2, -3, 2, 2);
    Tensor jvp =
        sum.jvp(Function.<Tensor>identity()).run(new WithTangent<>(at, Tensor.of(1., 1, 1, 1)));
    assertThat(jvp.item()).isEqualTo(-3);
  }

  @Test
  void perExampleGradientsOfAChoiceAreThoseOfTheExamples() {
    Tape<Tensor, Tensor> slope = Tape.record((Tensor x) -> one(x, W).sum(), W).gradient();
    Tape<Tensor, Tensor> many = slope.vmap(5, x -> x);
    Tensor got = many.run(XS);
    for (int i = 0; i < 5; i++) {
      Tensor x = XS.slice(0, i, i + 1).reshape(3);
      assertThat(got.slice(0, i, i + 1).reshape(3).sameAs(slope.run(x))).isTrue();
    }
  }

  @Test
  void batchesOfBatchesChooseForEveryOne() {
    Tensor grid = Key.of(4).normal(Shape.of(2, 5, 3), DType.F64);
    Tape<Tensor, Tensor> many =
        Tape.record(g -> Tape.vmap(xs -> Tape.vmap(z -> one(z, W), xs), g), grid);
    assertThat(hasChoice(many)).isTrue();
    Tensor flat = Tape.vmap(z -> one(z, W), grid.reshape(10, 3));
    assertThat(many.run(grid).sameAs(flat.reshape(2, 5, 3))).isTrue();
    GradCheck.standard().order(2).check(many::run, grid);
  }

  @Test
  void aTaylorSeriesOfABatchChoosesForEveryExample() {
    Tape<Tensor, Tensor> many = Tape.record(x -> Tape.vmap(z -> one(z, W), x), XS);
    Tensor v = Key.of(7).normal(Shape.of(5, 3), DType.F64);
    List<Tensor> got = many.taylor(XS, v, 3);
    Tape<Tensor, Tensor> single = Tape.record(x -> one(x, W), W);
    for (int i = 0; i < 5; i++) {
      List<Tensor> want =
          single.taylor(XS.slice(0, i, i + 1).reshape(3), v.slice(0, i, i + 1).reshape(3), 3);
      for (int k = 0; k <= 3; k++) {
        assertThat(got.get(k).slice(0, i, i + 1).reshape(3).sameAs(want.get(k))).isTrue();
      }
    }
  }

  @Test
  void branchesThatCouldFailRunOnTheirOwnExamplesOnly() {
    Tensor xs = Tensor.of(3., -2, 50, -1);
    // A loop that would not be done within its bound, and an index that lies outside.
    UnaryOperator<Tensor> bounded =
        x ->
            Tape.cond(
                x.lt(10),
                z -> Tape.whileLoop((Tensor s) -> s.gt(0), s -> s.sub(1), z, 5),
                z -> z,
                x);
    Tape<Tensor, Tensor> loops = Tape.record(all -> Tape.vmap(bounded, all), xs);
    assertThat(hasChoice(loops)).isFalse();
    assertThat(loops.run(xs).toDoubles()).containsExactly(0, -2, 50, -1);
    Tensor table = Tensor.of(10., 20, 30, 40);
    UnaryOperator<Tensor> looked =
        x ->
            Tape.cond(
                x.ge(0).and(x.lt(4)),
                z -> table.take(0, z.to(DType.I32).reshape(1)).sum(),
                z -> z,
                x);
    Tape<Tensor, Tensor> lookups = Tape.record(all -> Tape.vmap(looked, all), xs);
    assertThat(hasChoice(lookups)).isFalse();
    assertThat(lookups.run(xs).toDoubles()).containsExactly(40, -2, 50, -1);
    Tape<Tensor, Tensor> guarded =
        Tape.record(
            all ->
                Tape.vmap(
                    x -> Tape.cond(x.gt(0), z -> z.test(v -> v > 0) ? z.log() : z, z -> z, x), all),
            xs);
    assertThat(hasChoice(guarded)).isFalse();
    assertThat(guarded.run(xs).at(1)).isEqualTo(-2);
  }

  @Test
  void gradientsOfChoicesReplayWithoutAllocating() {
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> Tape.vmap(z -> one(z, W), x).sum(), XS).gradient().player();
    player.set(XS);
    Allocation.assertNone(player, 2_000);
  }

  @Test
  void theGradientOfASumOverBatchesIsThatOfAllExamples() {
    // grad ∘ sumOver ∘ vmap: blocks of a batch, summed in constant memory.
    Tensor blocks = Key.of(9).normal(Shape.of(4, 5, 3), DType.F64);
    UnaryOperator<Tensor> loss =
        w -> Tape.sumOver(block -> Tape.vmap(x -> one(x, w).sum(), block).sum(), blocks);
    Tensor got = Tape.record(loss, W).gradient().run(W);
    Tensor want =
        Tape.record(
                (Tensor w) -> {
                  Tensor sum = Tensor.scalar(0.);
                  for (int i = 0; i < 20; i++) {
                    Tensor x = blocks.reshape(20, 3).slice(0, i, i + 1).reshape(3);
                    sum = sum.add(one(x, w).sum());
                  }
                  return sum;
                },
                W)
            .gradient()
            .run(W);
    for (int i = 0; i < 3; i++) {
      assertThat(got.at(i))
          .isCloseTo(
              want.at(i), org.assertj.core.api.Assertions.within(1e-12 * Math.abs(want.at(i))));
    }
    GradCheck.standard().check(loss, W);
  }
}
