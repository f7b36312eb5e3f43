package dev.backlight.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.LBfgs.Minimum;
import org.junit.jupiter.api.Test;

class LBfgsTest {
  private static Tensor rosenbrock(Tensor x) {
    Tensor a = x.slice(0, 0, x.size(0) - 1);
    Tensor b = x.slice(0, 1, x.size(0));
    return b.sub(a.square()).square().mul(100).add(a.oneMinus().square()).sum();
  }

  @Test
  void theValleyOfRosenbrockIsWalkedToItsEnd() {
    Minimum<Tensor> found = LBfgs.of().minimize(LBfgsTest::rosenbrock, Tensor.of(-1.2, 1));
    assertThat(found.isConverged()).isTrue();
    assertThat(found.model().toDoubles()).containsExactly(new double[] {1, 1}, within(1e-6));
    assertThat(found.evaluations()).isLessThan(120);
    Tensor wide = Tensor.full(Shape.of(20), DType.F64, -1);
    Minimum<Tensor> far = LBfgs.of().steps(500).minimize(LBfgsTest::rosenbrock, wide);
    assertThat(far.isConverged()).isTrue();
    assertThat(far.gradient()).isLessThanOrEqualTo(1e-6);
  }

  @Test
  void aQuadraticIsSolvedLikeASystem() {
    Tensor m = Key.of(3).normal(Shape.of(8, 8), DType.F64);
    Tensor a = m.matmul(m, false, true).add(Tensor.eye(8, DType.F64));
    Tensor b = Key.of(4).normal(Shape.of(8), DType.F64);
    Minimum<Tensor> found =
        LBfgs.of()
            .tolerance(1e-9)
            .minimize(x -> x.dot(a.matmul(x)).mul(.5).sub(b.dot(x)), b.mul(0));
    assertThat(found.model().toDoubles()).containsExactly(a.solve(b).toDoubles(), within(1e-8));
  }

  @Test
  void aSmallNetworkLearnsXorInSinglePrecision() {
    Tensor x = Tensor.of(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
    Tensor y = Tensor.of(0, 1, 1, 0);
    Sequential start = Sequential.mlp(Key.of(5), Activation.TANH, 2, 4, 2);
    Minimum<Sequential> found =
        LBfgs.of().tolerance(1e-3).minimize(m -> Losses.crossEntropy(m.apply(x), y), start);
    assertThat(found.value()).isLessThan(.01);
    assertThat(found.model().apply(x).argmax(1).toInts()).containsExactly(0, 1, 1, 0);
  }

  @Test
  void aSearchSaysHowItEnded() {
    Minimum<Tensor> none = LBfgs.of().steps(0).minimize(LBfgsTest::rosenbrock, Tensor.of(-1.2, 1));
    assertThat(none.isConverged()).isFalse();
    assertThat(none.model().toDoubles()).containsExactly(-1.2, 1);
    Minimum<Tensor> there = LBfgs.of().minimize(LBfgsTest::rosenbrock, Tensor.of(1.0, 1));
    assertThat(there.steps()).isZero();
    assertThat(there.isConverged()).isTrue();
    // Beyond 0 the logarithm is NaN: steps that lead there are shortened.
    Minimum<Tensor> edge = LBfgs.of().minimize(x -> x.sub(x.log()).sum(), Tensor.of(.01));
    assertThat(edge.model().toDoubles()).containsExactly(new double[] {1}, within(1e-6));
  }

  @Test
  void whatCannotBeMinimisedIsRefused() {
    assertThatThrownBy(() -> LBfgs.of().minimize(x -> x.log().sum(), Tensor.of(-1.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lbfgs needs a finite loss and gradient at the start, got NaN");
    assertThatThrownBy(() -> LBfgs.of().minimize(x -> x.to(DType.F64).sum(), Tensor.of(1, 2)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("lbfgs needs parameters of F32 or F64, got I32 at x");
    assertThatThrownBy(() -> new LBfgs(0, 1, 1))
        .hasMessage(
            "lbfgs needs a memory of at least 1, and steps and a tolerance of at least 0, got 0, 1"
                + " and 1.0");
  }
}
