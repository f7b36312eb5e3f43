package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MinimalPerturbationTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 6, 5);
  private static final Tensor W = Nets.draw(2, DType.F64, 5, 4);
  private static final Tensor B = Nets.draw(3, DType.F64, 4);
  private static final Function<Tensor, Tensor> LINEAR = x -> x.matmul(W).add(B);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F64, Tensor::tanh, true);

  /// How far the nearest boundary of the linear model is: a plane for every other class.
  private static double nearest(int example, boolean euclidean) {
    double[] z = LINEAR.apply(X).get(example).toDoubles();
    int own = (int) LINEAR.apply(X).argmax(1).at(example);
    double nearest = Double.POSITIVE_INFINITY;
    for (int c = 0; c < 4; c++) {
      double size = 0;
      for (int j = 0; j < 5; j++) {
        double slope = W.at(j, c) - W.at(j, own);
        size += euclidean ? slope * slope : Math.abs(slope);
      }
      if (c != own) {
        nearest = Math.min(nearest, (z[own] - z[c]) / (euclidean ? Math.sqrt(size) : size));
      }
    }
    return nearest;
  }

  @Test
  void ofALinearClassifierItIsTheDistanceOfTheNearestBoundary() {
    Perturbation euclidean = MinimalPerturbation.euclidean().of(LINEAR, X);
    Perturbation maximum = MinimalPerturbation.maximum().of(LINEAR, X);
    for (int i = 0; i < 6; i++) {
      assertThat(euclidean.distance().at(i)).isCloseTo(nearest(i, true), within(1e-7));
      assertThat(maximum.distance().at(i)).isCloseTo(nearest(i, false), within(1e-7));
    }
  }

  @Test
  void theAnswerThereIsAnotherAndHalfwayItIsNot() {
    for (MinimalPerturbation how :
        new MinimalPerturbation[] {
          MinimalPerturbation.euclidean(), MinimalPerturbation.maximum()
        }) {
      Perturbation p = how.of(MLP, X);
      int[] at = MLP.apply(X).argmax(1).toInts();
      int[] there = MLP.apply(p.changed()).argmax(1).toInts();
      int[] nearly = MLP.apply(X.add(p.changed().sub(X).mul(0.999))).argmax(1).toInts();
      for (int i = 0; i < 6; i++) {
        assertThat(p.found(i)).isTrue();
        assertThat(there[i]).isNotEqualTo(at[i]).isEqualTo((int) p.to().at(i));
        assertThat(nearly[i]).isEqualTo(at[i]).isEqualTo((int) p.from().at(i));
      }
    }
  }

  @Test
  void noStepOfProjectedGradientsFindsMuchLess() {
    Perturbation p = MinimalPerturbation.euclidean().of(MLP, X);
    Target own = Target.each(p.from().to(DType.I32));
    double[] size = p.distance().toDoubles();
    for (double part : new double[] {0.5, 0.95}) {
      for (int i = 0; i < 6; i++) {
        int one = i;
        Tensor x = X.slice(0, i, i + 1);
        Function<Tensor, Tensor> here =
            in -> own.example(one).scalars(MLP.apply(in).logSoftmax(1)).neg();
        Tensor there =
            GradientAttack.pgd(part * size[i]).euclidean().step(part * size[i] / 8).of(here, x);
        assertThat((int) MLP.apply(there).argmax(1).at(0)).isEqualTo((int) p.from().at(i));
      }
    }
  }

  @Test
  void elementsStayWithinTheRange() {
    Tensor x = X.sigmoid();
    Perturbation p =
        MinimalPerturbation.euclidean().within(0, 1).of(in -> LINEAR.apply(in.mul(3)), x);
    for (double v : p.changed().toDoubles()) {
      assertThat(v).isBetween(0.0, 1.0);
    }
    Perturbation free = MinimalPerturbation.euclidean().of(in -> LINEAR.apply(in.mul(3)), x);
    for (int i = 0; i < 6; i++) {
      assertThat(p.distance().at(i)).isGreaterThan(free.distance().at(i) - 1e-7);
    }
  }

  @Test
  void whatCannotBeChangedIsNotFound() {
    Perturbation p = MinimalPerturbation.euclidean().of(x -> LINEAR.apply(x.mul(0)), X);
    for (int i = 0; i < 6; i++) {
      assertThat(p.found(i)).isFalse();
      assertThat(p.distance().at(i)).isInfinite();
    }
    assertThat(p.changed().toDoubles()).containsExactly(X.toDoubles());
    assertThat(p.robust(1e9)).isEqualTo(1);
    assertThat(p.toString())
        .contains("example 0: class 0, no other was found\n")
        .endsWith("and 3 more examples\n");
  }

  @Test
  void oneLogitIsClassOneAgainstClassZero() {
    Tensor w = Tensor.of(new double[][] {{3}, {4}});
    Tensor x = Tensor.of(new double[][] {{1, 1}, {-2, 1}});
    Perturbation p = MinimalPerturbation.euclidean().of(in -> in.matmul(w), x);
    assertThat(p.distance().toDoubles()).containsExactly(new double[] {1.4, 0.4}, within(1e-7));
    assertThat(p.from().toInts()).containsExactly(1, 0);
    assertThat(p.to().toInts()).containsExactly(0, 1);
    assertThat(p.robust(0.5)).isEqualTo(0.5);
    assertThat(p.toString())
        .startsWith("smallest change in the Euclidean norm, ")
        .contains("example 0: class 1 becomes 0 at distance 1.4\n")
        .contains("  -1.120  at 1: 1 becomes -0.12\n");
  }

  @Test
  void whatDoesNotFitIsSaid() {
    assertThatThrownBy(() -> MinimalPerturbation.maximum().within(0, 1).of(LINEAR, X.mul(0).add(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack within 0.0 and 1.0 needs x there, got 2.0 and 2.0");
    assertThatThrownBy(() -> MinimalPerturbation.maximum().steps(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs 1 step or more, got 0");
    assertThatThrownBy(() -> MinimalPerturbation.maximum().within(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an attack needs a range low < high, got 1.0 and 1.0");
    assertThatThrownBy(() -> MinimalPerturbation.maximum().of(x -> x.sum(1), X))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an attack needs logits (6, k) with k >= 1, got (6)");
  }
}
