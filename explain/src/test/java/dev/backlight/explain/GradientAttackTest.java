package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GradientAttackTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 4, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::tanh, true);
  private static final Tensor LABELS = Tensor.of(0, 1, 2, 0);
  private static final Function<Tensor, Tensor> LOSS =
      x -> Target.each(LABELS).scalars(MLP.apply(x).logSoftmax(-1)).neg();

  private static void worse(Tensor there) {
    double[] before = LOSS.apply(X).toDoubles();
    double[] after = LOSS.apply(there).toDoubles();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isGreaterThan(before[i]);
    }
  }

  private static double[][] rows(Tensor x) {
    double[][] rows = new double[x.size(0)][];
    Arrays.setAll(rows, i -> x.slice(0, i, i + 1).toDoubles());
    return rows;
  }

  private static double loss(Tensor there) {
    return LOSS.apply(there).sum().item();
  }

  @Test
  void aStepGoesAsFarAsItMayInEveryElement() {
    Tensor there = GradientAttack.fgsm(0.05).of(LOSS, X);
    for (double d : there.sub(X).abs().toDoubles()) {
      assertThat(d).isCloseTo(0.05, within(1e-12));
    }
    worse(there);
  }

  @Test
  void aStepInTheBallGoesAlongTheGradientAsFarAsItMay() {
    Tensor slopes =
        new Saliency().explain(LOSS.andThen(l -> l.unsqueeze(1)), X, Target.only()).scores();
    double[] moved = GradientAttack.fgsm(0.05).euclidean().of(LOSS, X).sub(X).toDoubles();
    for (int i = 0; i < 4; i++) {
      double squares = 0;
      for (int j = 0; j < 5; j++) {
        squares += slopes.at(i, j) * slopes.at(i, j);
      }
      for (int j = 0; j < 5; j++) {
        double expected = 0.05 * slopes.at(i, j) / Math.sqrt(squares);
        assertThat(moved[5 * i + j]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void stepsStayInTheBoxAndDoMoreHarmThanOne() {
    Tensor there = GradientAttack.pgd(0.3).of(LOSS, X);
    assertThat(there.sub(X).abs().amax().item()).isLessThanOrEqualTo(0.3 + 1e-12);
    worse(there);
    assertThat(loss(there)).isGreaterThanOrEqualTo(loss(GradientAttack.fgsm(0.3).of(LOSS, X)));
  }

  @Test
  void stepsStayInTheBall() {
    Tensor there = GradientAttack.pgd(0.4).euclidean().of(LOSS, X);
    for (double d : there.sub(X).square().sum(1).sqrt().toDoubles()) {
      assertThat(d).isBetween(0.3, 0.4 + 1e-12);
    }
    worse(there);
  }

  /// In two dimensions every place of the ball can be asked.
  @Test
  void noPlaceOfTheBallIsMuchWorse() {
    Tensor w = Nets.draw(3, DType.F64, 2, 3);
    Function<Tensor, Tensor> loss = x -> x.matmul(w).tanh().sum(1);
    Tensor x = Nets.draw(4, DType.F64, 1, 2);
    double most = Double.NEGATIVE_INFINITY;
    for (int angle = 0; angle < 3600; angle++) {
      for (double r : new double[] {.1, .2, .3}) {
        double a = angle * Math.PI / 1800;
        Tensor by = Tensor.of(new double[][] {{r * Math.cos(a), r * Math.sin(a)}});
        most = Math.max(most, loss.apply(x.add(by)).item());
      }
    }
    Tensor there = GradientAttack.pgd(.3).euclidean().of(loss, x);
    assertThat(loss.apply(there).item()).isCloseTo(most, within(1e-4));
  }

  @Test
  void elementsStayWithinTheRange() {
    Tensor x = X.sigmoid();
    List<GradientAttack> attacks =
        List.of(
            GradientAttack.fgsm(.4),
            GradientAttack.pgd(.4).restarts(2, 1),
            GradientAttack.pgd(.8).euclidean().restarts(2, 1));
    for (GradientAttack attack : attacks) {
      Tensor there = attack.within(0, 1).of(LOSS, x);
      assertThat(there.amin().item()).isZero();
      assertThat(there.amax().item()).isLessThanOrEqualTo(1);
      for (double[] moved : rows(there.sub(x))) {
        assertThat(attack.norm().length(moved)).isLessThanOrEqualTo(attack.epsilon() + 1e-9);
      }
    }
    assertThatThrownBy(() -> GradientAttack.fgsm(.1).within(0, 1).of(LOSS, X))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("an attack within 0.0 and 1.0 needs x there, got -\\S+ and \\S+");
  }

  @Test
  void moreRandomPlacesDoNoLessHarm() {
    // Beside a saddle: from x all goes one way, the other one is worse.
    Function<Tensor, Tensor> loss = x -> x.square().mul(.4).sub(x.pow(3).mul(.5)).sum(1);
    Tensor x = Tensor.of(new double[][] {{.01}});
    double stuck = loss.apply(GradientAttack.pgd(1).of(loss, x)).item();
    GradientAttack many = GradientAttack.pgd(1).restarts(8, 3);
    double best = loss.apply(many.of(loss, x)).item();
    assertThat(best).isGreaterThan(stuck + .5);
    assertThat(many.of(loss, x).sameAs(many.of(loss, x))).isTrue();
    Tensor both = Tensor.concat(0, x, x.neg());
    assertThat(many.of(loss, both).slice(0, 0, 1).sameAs(many.of(loss, x))).isTrue();
  }

  @Test
  void randomPlacesFillTheBall() {
    Function<Tensor, Tensor> flat = x -> x.mul(0).sum(1);
    Tensor x = Tensor.of(new double[][] {{1, 2}});
    int outer = 0;
    for (int k = 0; k < 400; k++) {
      Tensor there = GradientAttack.fgsm(2).euclidean().restarts(1, k).of(flat, x);
      double far = there.sub(x).norm().item();
      assertThat(far).isLessThanOrEqualTo(2 + 1e-12);
      outer += far > Math.sqrt(2) ? 1 : 0;
    }
    // Half of the area is beyond 2 / √2.
    assertThat(outer).isBetween(170, 230);
  }

  @Test
  void aClassifierIsTakenFromItsLabelsOrToWantedOnes() {
    Tensor own = MLP.apply(X).argmax(1).to(DType.I32);
    Perturbation away = GradientAttack.pgd(3).of(MLP, X, own);
    assertThat(away.from().toDoubles()).containsExactly(own.to(DType.F64).toDoubles());
    Tensor wanted = own.add(1).remainder(Tensor.of(3));
    Perturbation to = GradientAttack.pgd(3).towards().of(MLP, X, wanted);
    for (int i = 0; i < 4; i++) {
      assertThat(away.found(i)).isTrue();
      assertThat(away.to().at(i)).isNotEqualTo(own.at(i));
      assertThat(to.to().at(i)).isEqualTo(wanted.at(i));
      assertThat(to.distance().at(i)).isLessThanOrEqualTo(3 + 1e-12);
    }
    Perturbation none = GradientAttack.fgsm(1e-6).of(MLP, X, own);
    assertThat(none.changed().sameAs(X)).isTrue();
    assertThat(none.robust(1)).isEqualTo(1);
    assertThat(none.toString())
        .startsWith("a step within 1.00e-06 in the maximum norm, 6 evaluations\n")
        .contains("no other was found");
    assertThat(GradientAttack.pgd(1).euclidean().within(0, 1).towards().restarts(3, 0))
        .hasToString(
            "40 steps towards within 1 in the Euclidean norm within 0.0 and 1.0, from 3 random"
                + " places");
  }

  @Test
  void modelsThatAreVerySureAreAttackedAsWell() {
    Tensor own = MLP.apply(X).argmax(1).to(DType.I32);
    Function<Tensor, Tensor> narrow = Nets.mlp(10, DType.F32, Tensor::tanh, true);
    Tensor x = X.to(DType.F32);
    for (GradientAttack attack :
        List.of(GradientAttack.pgd(2), GradientAttack.pgd(4).euclidean())) {
      Perturbation plain = attack.of(narrow, x, own);
      Perturbation sure = attack.of(in -> narrow.apply(in).mul(1e5), x, own);
      Perturbation flat = attack.of(in -> narrow.apply(in).mul(1e-25), x, own);
      assertThat(plain.robust(attack.epsilon())).isLessThan(1);
      assertThat(sure.robust(10)).isEqualTo(plain.robust(10));
      assertThat(flat.robust(10)).isEqualTo(plain.robust(10));
    }
  }

  @Test
  void oneLogitIsClassOneAgainstClassZero() {
    Tensor w = Nets.draw(5, DType.F64, 5, 1);
    Function<Tensor, Tensor> line = x -> x.matmul(w);
    Tensor own = line.apply(X).gt(0).to(DType.I32).squeeze(1);
    // The boundary is |x · w| / ‖w‖ away.
    double[] far = line.apply(X).abs().div(w.norm().item()).toDoubles();
    for (int i = 0; i < 4; i++) {
      Tensor x = X.slice(0, i, i + 1);
      Tensor label = own.slice(0, i, i + 1);
      GradientAttack near = GradientAttack.fgsm(.99 * far[i]).euclidean();
      GradientAttack beyond = GradientAttack.fgsm(1.01 * far[i]).euclidean();
      assertThat(near.of(line, x, label).found(0)).isFalse();
      assertThat(beyond.of(line, x, label).found(0)).isTrue();
    }
  }

  @Test
  void aLossThatAsksAboutValuesIsRecordedAtEveryStep() {
    Function<Tensor, Tensor> branching =
        x -> x.sum().test(v -> v > 0) ? LOSS.apply(x) : LOSS.apply(x).mul(2);
    assertThat(GradientAttack.pgd(.3).of(branching, X).toDoubles())
        .containsExactly(GradientAttack.pgd(.3).of(LOSS, X).toDoubles());
  }

  @Test
  void whereNothingMattersNothingMoves() {
    Function<Tensor, Tensor> flat = x -> x.mul(0).sum(1);
    assertThat(GradientAttack.pgd(1).euclidean().of(flat, X).sameAs(X.add(0))).isTrue();
    assertThat(GradientAttack.fgsm(1).of(flat, X).toDoubles()).containsExactly(X.toDoubles());
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> GradientAttack.fgsm(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs a finite epsilon above 0, got -1.0");
    assertThatThrownBy(() -> GradientAttack.pgd(1).step(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs a finite step above 0, got NaN");
    assertThatThrownBy(() -> GradientAttack.pgd(1).steps(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs 1 step or more, got 0");
    assertThatThrownBy(() -> GradientAttack.pgd(1).within(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs a range low < high, got 1.0 and 1.0");
    assertThatThrownBy(() -> GradientAttack.pgd(1).restarts(-1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs 0 restarts or more, got -1");
  }
}
