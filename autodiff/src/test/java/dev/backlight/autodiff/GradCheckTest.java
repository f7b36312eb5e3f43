package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GradCheckTest {
  private static final Tensor X = Tensor.of(-1.2, .4, 3);

  record Softsign() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      Tensor d = x.abs().add(1);
      return d.mul(d).reciprocal();
    }
  }

  /// A softsign with a slope of somebody's own.
  record Wrong(String mistake, BinaryOperator<Tensor> rule) implements Op.Elementwise {
    @Override
    public String name() {
      return "softsign";
    }

    @Override
    public double f(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      return rule.apply(x, y);
    }
  }

  /// A square matrix product whose left cotangent forgets the transpose.
  record Straight() implements Op.Custom {
    @Override
    public String name() {
      return "straight";
    }

    @Override
    public Spec[] infer(Spec... in) {
      return new MatMul(false, false).infer(in);
    }

    @Override
    public void run(Block[] in, Block[] out) {
      new MatMul(false, false).run(in, out);
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return i == 0 ? at.g().matmul(at.x(1)) : at.x(0).transpose().matmul(at.g());
    }
  }

  private static Tensor right(Tensor x) {
    Tensor d = x.abs().add(1);
    return d.mul(d).reciprocal();
  }

  private static String failure(BinaryOperator<Tensor> rule) {
    try {
      GradCheck.standard().check(x -> Tensor.apply(new Wrong("", rule), x.mul(1.5)).exp(), X);
      return "";
    } catch (GradCheckFailure e) {
      return e.getMessage();
    }
  }

  @Test
  void aRightRulePassesAtEveryOrder() {
    assertThatCode(
            () -> GradCheck.standard().order(3).check(x -> Tensor.apply(new Softsign(), x), X))
        .doesNotThrowAnyException();
  }

  @Test
  void aFlippedSignIsNamedWithItsOpAndLine() {
    org.assertj.core.api.Assertions.assertThat(failure((x, y) -> right(x).neg()))
        .matches(
            "softsign at GradCheckTest\\.java:\\d+: the vjp with respect to input 0 is wrong at order 1: by"
                + " finite differences \\S+, by the rule \\S+ \\(tolerance 1\\.0e-08\\);"
                + " the sign is flipped in input 0");
  }

  @Test
  void aWrongFactorIsNamed() {
    org.assertj.core.api.Assertions.assertThat(failure((x, y) -> right(x).mul(.5)))
        .endsWith("it is off by a factor of 0.5 in input 0");
  }

  @Test
  void aForgottenSlopeIsNamed() {
    org.assertj.core.api.Assertions.assertThat(failure((x, y) -> x.mul(0)))
        .endsWith("no cotangent arrives in input 0");
  }

  @Test
  void aRuleThatIsWrongOnlyAtOrderTwoIsCaught() {
    org.assertj.core.api.Assertions.assertThat(failure((x, y) -> right(x).stopGradient()))
        .contains("softsign at GradCheckTest.java")
        .contains("is wrong at order 2");
  }

  @Test
  void aMissingTransposeIsCaught() {
    Tensor a = Tensor.of(Shape.of(2, 2), .1, .2, .3, .4);
    Tensor b = Tensor.of(Shape.of(2, 2), .5, -.6, .7, .8);
    assertThatThrownBy(() -> GradCheck.standard().check(x -> Tensor.apply(new Straight(), x, b), a))
        .isInstanceOf(GradCheckFailure.class)
        .hasMessageStartingWith("straight at GradCheckTest.java:");
  }

  @Test
  void aKinkIsInconclusiveRatherThanWrong() {
    assertThatThrownBy(
            () -> GradCheck.standard().check(x -> x.relu(), Tensor.of(1e-5, -1e-5, 2e-5)))
        .isInstanceOf(GradCheckFailure.class)
        .hasMessageContaining(
            "finite differences are inconclusive in 5 of 5 directions at order 1: a kink or a singularity is"
                + " near this point");
  }

  @Test
  void aPointOnAKinkIsInconclusiveToo() {
    assertThatThrownBy(() -> GradCheck.standard().check(x -> x.relu(), Tensor.of(0.)))
        .isInstanceOf(GradCheckFailure.class)
        .hasMessageMatching(
            "relu at GradCheckTest\\.java:\\d+: finite differences are inconclusive in 5 of 5 directions at order 1: a"
                + " kink or a singularity is near this point");
  }

  @Test
  void singlePrecisionIsRefused() {
    assertThatThrownBy(() -> GradCheck.standard().check(x -> x.exp(), Tensor.of(1f)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("a gradient check needs F64, got F32 at x; use to(DType.F64)");
  }
}
