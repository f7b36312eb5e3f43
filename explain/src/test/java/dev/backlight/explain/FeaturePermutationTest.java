package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FeaturePermutationTest {
  private static final Tensor X = Nets.draw(8, DType.F64, 3, 5);
  private static final Tensor DATA = Nets.draw(9, DType.F64, 12, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(7, DType.F64, Tensor::relu, true);

  @Test
  void withAllRowsItIsTheMeanLossOverTheData() {
    Attribution a = FeaturePermutation.among(DATA).draws(12).explain(MLP, X, Target.at(1));
    for (int i = 0; i < 3; i++) {
      double here = MLP.apply(X).at(i, 1);
      for (int j = 0; j < 5; j++) {
        double wanted = 0;
        for (int r = 0; r < 12; r++) {
          double[] changed = X.slice(0, i, i + 1).toDoubles();
          changed[j] = DATA.at(r, j);
          wanted += (here - MLP.apply(Tensor.of(new double[][] {changed})).at(0, 1)) / 12;
        }
        assertThat(a.scores().at(i, j)).isCloseTo(wanted, within(1e-12));
      }
    }
    assertThat(a.evaluations()).isEqualTo(1 + 12 * 5);
  }

  @Test
  void ofALinearModelTheLossIsTheDistanceFromTheMeanOfTheRows() {
    Tensor w = Nets.draw(61, DType.F64, 5, 1);
    Attribution a =
        FeaturePermutation.among(DATA).draws(12).explain(t -> t.matmul(w), X, Target.only());
    assertThat(a.scores().toDoubles())
        .containsExactly(X.sub(DATA.mean(0)).mul(w.reshape(5)).toDoubles(), within(1e-12));
  }

  @Test
  void drawsFollowTheSeedAndProgressIsTold() {
    List<Long> told = new ArrayList<>();
    FeaturePermutation some =
        FeaturePermutation.among(DATA)
            .draws(4)
            .telling((done, most) -> {
              assertThat(most).isEqualTo(20);
              told.add(done);
            });
    Tensor scores = some.scores(MLP, X, Target.at(0));
    assertThat(told).containsExactly(5L, 10L, 15L, 20L);
    assertThat(some.scores(MLP, X, Target.at(0)).sameAs(scores)).isTrue();
    assertThat(some.seed(1).scores(MLP, X, Target.at(0)).sameAs(scores)).isFalse();
    assertThat(some.scores(MLP, X.slice(0, 2, 3), Target.at(0)).toDoubles())
        .containsExactly(scores.slice(0, 2, 3).toDoubles(), within(1e-12));
  }

  @Test
  void aColumnThatIsAlwaysTheSameLosesNothing() {
    Tensor constant = Tensor.full(DATA.shape(), DType.F64, 2);
    Tensor x = Tensor.full(X.shape(), DType.F64, 2);
    assertThat(FeaturePermutation.among(constant).scores(MLP, x, Target.at(0)).abs().amax().item())
        .isLessThan(1e-14);
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> FeaturePermutation.among(DATA).draws(13))
        .hasMessage("feature-permutation needs draws in 1..12, got 13");
    assertThatThrownBy(() -> FeaturePermutation.among(Tensor.of(1, 2)))
        .hasMessage("feature-permutation needs data of F32 or F64, got I32");
    assertThatThrownBy(() -> FeaturePermutation.among(Tensor.scalar(1.0)))
        .hasMessage("feature-permutation needs data (m, …) with m >= 1, got ()");
  }
}
