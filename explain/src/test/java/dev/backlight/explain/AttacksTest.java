package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AttacksTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 4, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::tanh, true);
  private static final Function<Tensor, Tensor> LOSS =
      x -> Target.each(0, 1, 2, 0).scalars(MLP.apply(x).logSoftmax(-1)).neg();

  private static void worse(Tensor there) {
    double[] before = LOSS.apply(X).toDoubles();
    double[] after = LOSS.apply(there).toDoubles();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isGreaterThan(before[i]);
    }
  }

  @Test
  void aStepGoesAsFarAsItMayInEveryElement() {
    Tensor there = Attacks.fgsm(LOSS, X, 0.05);
    for (double d : there.sub(X).abs().toDoubles()) {
      assertThat(d).isCloseTo(0.05, within(1e-12));
    }
    worse(there);
  }

  @Test
  void stepsStayInTheBoxAndDoMoreHarmThanOne() {
    Tensor there = Attacks.pgd(LOSS, X, 0.3, 0.05, 20);
    assertThat(there.sub(X).abs().amax().item()).isLessThanOrEqualTo(0.3 + 1e-12);
    worse(there);
    assertThat(LOSS.apply(there).sum().item())
        .isGreaterThanOrEqualTo(LOSS.apply(Attacks.fgsm(LOSS, X, 0.3)).sum().item());
  }

  @Test
  void stepsStayInTheBall() {
    Tensor there = Attacks.pgdInBall(LOSS, X, 0.4, 0.1, 15);
    for (double d : there.sub(X).square().sum(1).sqrt().toDoubles()) {
      assertThat(d).isBetween(0.3, 0.4 + 1e-12);
    }
    worse(there);
  }

  @Test
  void whereNothingMattersNothingMoves() {
    assertThat(Attacks.pgdInBall(x -> x.mul(0).sum(1), X, 1, 1, 2).sameAs(X.add(0))).isTrue();
    assertThat(Attacks.fgsm(x -> x.mul(0).sum(1), X, 1).toDoubles()).containsExactly(X.toDoubles());
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Attacks.fgsm(LOSS, X, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs a finite epsilon above 0, got -1.0");
    assertThatThrownBy(() -> Attacks.pgd(LOSS, X, 1, Double.NaN, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs a finite step above 0, got NaN");
    assertThatThrownBy(() -> Attacks.pgd(LOSS, X, 1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs 1 step or more, got 0");
  }
}
