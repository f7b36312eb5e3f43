package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class BlurIntegratedGradientsTest {
  private static final Tensor X = Nets.draw(3, DType.F64, 2, 2, 5, 6);
  private static final Tensor W = Nets.draw(4, DType.F64, 60, 3);
  private static final Function<Tensor, Tensor> MODEL =
      t -> t.flattenFrom(1).matmul(W).mul(0.2).tanh();
  private static final BlurIntegratedGradients BLUR = BlurIntegratedGradients.from(3);

  @Test
  void aBlurredPictureIsTheNormalisedGaussianMean() {
    double[] got = BlurIntegratedGradients.blurred(X, 1.5).toDoubles();
    for (int image = 0; image < 4; image++) {
      for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 6; j++) {
          double sum = 0;
          double weight = 0;
          for (int a = 0; a < 5; a++) {
            for (int b = 0; b < 6; b++) {
              double w = Math.exp(-((a - i) * (a - i) + (b - j) * (b - j)) / (2 * 1.5 * 1.5));
              sum += w * X.at(image / 2, image % 2, a, b);
              weight += w;
            }
          }
          assertThat(got[image * 30 + i * 6 + j]).isCloseTo(sum / weight, within(1e-12));
        }
      }
    }
  }

  @Test
  void scoresAddUpTheNearerTheMoreStepsThereAre() {
    double coarse = BLUR.steps(20).explain(MODEL, X, Target.each(1, 2)).relativeResidual();
    Attribution fine = BLUR.steps(200).explain(MODEL, X, Target.each(1, 2));
    assertThat(fine.relativeResidual()).isLessThan(1e-3).isLessThan(coarse / 20);
    assertThat(fine.evaluations()).isEqualTo(203);
  }

  @Test
  void ofALinearModelScoresAreWhatSharpnessBringsInOneStep() {
    Attribution a = BLUR.steps(1).explain(t -> t.flattenFrom(1).matmul(W), X, Target.at(0));
    Tensor wanted =
        X.sub(BlurIntegratedGradients.blurred(X, 3)).mul(W.slice(1, 0, 1).reshape(2, 5, 6));
    assertThat(a.scores().toDoubles()).containsExactly(wanted.toDoubles(), within(1e-12));
  }

  @Test
  void theyHaveGradients() {
    GradCheck.standard()
        .check(
            (Tensor w) ->
                BLUR.steps(3)
                    .scores(t -> t.matmul(w).tanh(), Nets.draw(1, DType.F64, 2, 5), Target.at(0))
                    .square()
                    .sum(),
            Nets.draw(6, DType.F64, 5, 2));
  }

  @Test
  void optionsAndShapesAreChecked() {
    assertThatThrownBy(() -> BlurIntegratedGradients.from(0))
        .hasMessage(
            "blur-integrated-gradients needs a finite blur above 0 and steps of at least 1, got 0.0"
                + " and 100");
    assertThatThrownBy(() -> BLUR.explain(t -> t, Tensor.of(1.0, 2), Target.only()))
        .hasMessage("blur-integrated-gradients needs x (n, …, h, w) or (n, w), got (2)");
  }
}
