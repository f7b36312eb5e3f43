package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class IntegratedHessiansTest {
  private static final IntegratedHessians FROM_ZEROS = IntegratedHessians.from(Baseline.zeros());

  @Test
  void aProductIsSharedAndAnAdditiveModelHasNoInteractions() {
    Tensor x = Tensor.of(new double[][] {{2, 3, 5}});
    // f = x0 x1 + sin x2. Of the product 6, off the diagonal are 6 ∬ αβ = 1.5 each and on it the
    // other halves.
    Function<Tensor, Tensor> model =
        t -> t.slice(1, 0, 1).mul(t.slice(1, 1, 2)).add(t.slice(1, 2, 3).sin());
    assertThat(FROM_ZEROS.interactions(model, x, Target.only()).toDoubles())
        .containsExactly(new double[] {1.5, 1.5, 0, 1.5, 1.5, 0, 0, 0, Math.sin(5)}, within(1e-9));
  }

  @Test
  void rowsAddUpToIntegratedGradientsAndTheMatrixIsSymmetric() {
    Tensor x = Nets.draw(1, DType.F64, 3, 5);
    Function<Tensor, Tensor> mlp = Nets.mlp(10, DType.F64, Tensor::tanh, true);
    Tensor all = FROM_ZEROS.interactions(mlp, x, Target.each(2, 0, 1));
    double[] scores =
        IntegratedGradients.from(Baseline.zeros())
            .explain(mlp, x, Target.each(2, 0, 1))
            .scores()
            .toDoubles();
    assertThat(all.sum(2).toDoubles()).containsExactly(scores, within(1e-6));
    assertThat(all.permute(0, 2, 1).toDoubles()).containsExactly(all.toDoubles(), within(1e-6));
  }
}
