package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class CustomVjpTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(3), DType.F64);
  private static final Tensor Y = Key.of(2).normal(Shape.of(3), DType.F64);

  record Two(Tensor a, Tensor b) {}

  /// `log(1 + eˣ)` with the slope that does not overflow.
  private static final CustomVjp<Tensor, Tensor> SOFT =
      CustomVjp.of(x -> x.exp().add(1).log(), (x, y, g) -> g.mul(x.sub(y).exp()));

  @Test
  void theRuleIsTheDerivativeOfTheNode() {
    CustomVjp<Tensor, Tensor> straight = CustomVjp.of(x -> x.round(), (x, y, g) -> g);
    Tape<Tensor, Tensor> tape = Tape.record(x -> straight.apply(x.mul(3)).square().sum(), X);
    Tensor x = Tensor.of(.3, -1.2, 2.6);
    assertThat(tape.run(x).item()).isEqualTo(1 + 16 + 64);
    assertThat(tape.gradient().player().play(x).toDoubles())
        .containsExactly(2 * 1 * 3, 2 * -4 * 3, 2 * 8 * 3);
  }

  @Test
  void aRightRulePassesTheGradientCheckToOrderThree() {
    GradCheck.standard().order(3).check(SOFT, X);
    CustomVjp<Two, Two> product =
        CustomVjp.of(
            in -> new Two(in.a().mul(in.b()), in.a().exp()),
            (in, out, g) -> new Two(g.a().mul(in.b()).add(g.b().mul(out.b())), g.a().mul(in.a())));
    GradCheck.standard()
        .order(3)
        .check(
            (Two in) -> {
              Two out = product.apply(in);
              return out.a().mul(out.b());
            },
            new Two(X, Y));
  }

  @Test
  void aWrongRuleIsBelievedByTheTapeAndFoundByTheGradientCheck() {
    CustomVjp<Tensor, Tensor> wrong = CustomVjp.of(x -> x.sin(), (x, y, g) -> g.mul(x.cos()).neg());
    assertThat(
            Tape.record((Tensor x) -> wrong.apply(x).sum(), X)
                .gradient()
                .run(X)
                .sameAs(X.cos().neg()))
        .isTrue();
    assertThatThrownBy(() -> GradCheck.standard().check(wrong, X))
        .isInstanceOf(GradCheckFailure.class)
        .hasMessageContaining("customvjp{1 nodes} at CustomVjpTest.java")
        .hasMessageContaining("the sign is flipped in input 0");
  }

  @Test
  void forwardDerivativesAreTheTransposeOfTheRule() {
    CustomVjp<Tensor, Tensor> threefold = CustomVjp.of(x -> x, (x, y, g) -> g.mul(3));
    var jvp = Tape.record((Tensor x) -> threefold.apply(x.sin()), X).jvp(Function.identity());
    Tensor got = jvp.run(new WithTangent<>(X, Y));
    for (int i = 0; i < 3; i++) {
      assertThat(got.at(i)).isCloseTo(3 * Math.cos(X.at(i)) * Y.at(i), within(1e-15));
    }
  }

  @Test
  void oneTensorInTwoPlacesGetsBothCotangents() {
    CustomVjp<Two, Tensor> product =
        CustomVjp.of(in -> in.a().mul(in.b()), (in, y, g) -> new Two(g.mul(in.b()), g.mul(in.a())));
    Tape<Tensor, Tensor> square = Tape.record(x -> product.apply(new Two(x, x)).sum(), X);
    assertThat(square.gradient().run(X).sameAs(X.mul(2))).isTrue();
  }

  @Test
  void integersInTheArgumentAreHeld() {
    CustomVjp<List<Tensor>, Tensor> pick =
        CustomVjp.of(
            in -> in.get(0).take(0, in.get(1)),
            (in, y, g) -> List.of(in.get(0).mul(0).add(g.sum()), in.get(1)));
    Tensor index = Tensor.of(2, 0);
    Tape<Tensor, Tensor> tape = Tape.record(x -> pick.apply(List.of(x, index)).sum(), X);
    assertThat(tape.gradient().run(X).toDoubles()).containsExactly(2, 2, 2);
  }

  @Test
  void gradientsOfCustomFunctionsReplayWithoutAllocating() {
    Player<Tensor, Tensor> player =
        Tape.record((Tensor x) -> SOFT.apply(x).sum(), X).gradient().player();
    player.set(X);
    Allocation.assertNone(player, 3_000);
  }

  @Test
  void whatIsReadFromOutsideIsHeldOrRefused() {
    assertThat(
            Tape.record(
                    (Two in) ->
                        CustomVjp.<Tensor, Tensor>of(x -> x.add(in.b()), (x, y, g) -> g.mul(5))
                            .apply(in.a())
                            .sum(),
                    new Two(X, Y))
                .gradient(Two::a)
                .run(new Two(X, Y))
                .sameAs(Tensor.of(5., 5, 5)))
        .isTrue();
    Tape<Two, Tensor> tape =
        Tape.record(
            in ->
                CustomVjp.<Tensor, Tensor>of(x -> x.mul(in.b()), (x, y, g) -> g)
                    .apply(in.a())
                    .sum(),
            new Two(X, Y));
    assertThatThrownBy(tape::gradient)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "a function with its own derivative at CustomVjpTest\\.java:\\d+ needs what is"
                + " differentiated among its arguments, got a function that reads F64\\(3\\) from"
                + " outside");
  }

  @Test
  void aRuleOfTheWrongShapeIsRefusedByName() {
    CustomVjp<Tensor, Tensor> sum = CustomVjp.of(x -> x.sum(), (x, y, g) -> g);
    assertThatThrownBy(() -> Tape.record(sum, X).gradient())
        .hasMessageMatching(
            "the rule of customvjp\\{1 nodes} at CustomVjpTest\\.java:\\d+ needs F64\\(3\\) for"
                + " input 0, got F64\\(\\)");
  }

  @Test
  void anotherRuleThanTheChainRuleRefusesIt() {
    Tape<Tensor, Tensor> tape = Tape.record((Tensor x) -> SOFT.apply(x).sum(), X);
    BackwardRule refusing =
        (node, at) -> {
          if (node.op() instanceof dev.backlight.core.Op.Nested) {
            throw new UnsupportedOperationException("no rule for " + node);
          }
          return at.op().vjps(at);
        };
    assertThatThrownBy(() -> tape.pull(refusing, Function.identity()))
        .hasMessageMatching("no rule for customvjp\\{3 nodes} at CustomVjpTest\\.java:\\d+");
  }
}
