package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Parameters;
import dev.backlight.nn.metric.Errors;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Trainer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdditiveNetTest {
  private static final Key KEY = Key.of(7);
  private static final AdditiveNet NET =
      AdditiveNet.of(KEY, Activation.TANH, DType.F64, 4, 2, 5, 3);
  private static final Tensor X = KEY.fold(1).normal(Shape.of(6, 4), DType.F64);

  /// Three features that add up, and one that does nothing.
  private static Tensor truth(Tensor x) {
    Tensor a = x.slice(1, 0, 1).mul(2).sin();
    Tensor b = x.slice(1, 1, 2).square().mul(0.5);
    Tensor c = x.slice(1, 2, 3).gt(0).to(x.dtype());
    return a.add(b).add(c);
  }

  private static AdditiveNet trained(Tensor x) {
    return Trainer.regression(AdditiveNet::apply)
        .optimizer(AdamW.of(0.01))
        .epochs(30)
        .batch(64)
        .key(KEY)
        .silent()
        .fit(AdditiveNet.of(KEY, Activation.GELU, 4, 1, 16), x, truth(x))
        .model();
  }

  @Test
  void itLearnsShapesThatAddUp() {
    Tensor x = KEY.fold(2).uniform(Shape.of(1500, 4), DType.F32, -2, 2);
    Tensor held = KEY.fold(3).uniform(Shape.of(300, 4), DType.F32, -2, 2);
    AdditiveNet net = trained(x).centred(x);
    assertThat(Errors.r2(truth(held).flatten(), net.apply(held).flatten())).isGreaterThan(0.97);
    // The shape of each feature is that of the truth, up to the mean.
    Tensor grid = Tensor.of(-1.5, -1, -.5, 0.4, 1, 1.5).to(DType.F32).unsqueeze(1);
    Tensor parts = net.contributions(grid.expand(Shape.of(6, 4))).squeeze(2);
    for (int i = 0; i < 6; i++) {
      double at = grid.at(i, 0);
      assertThat(parts.at(i, 0)).isCloseTo(Math.sin(2 * at), within(0.25));
      assertThat(parts.at(i, 1)).isCloseTo(at * at / 2 - 2 / 3.0, within(0.25));
      assertThat(parts.at(i, 2)).isCloseTo(at > 0 ? 0.5 : -0.5, within(0.25));
      assertThat(parts.at(i, 3)).isCloseTo(0, within(0.15));
    }
  }

  @Test
  void contributionsAndBiasAreTheAnswer() {
    Tensor sum = NET.contributions(X).sum(1).add(NET.bias());
    assertThat(sum.sameAs(NET.apply(X))).isTrue();
    assertThat(NET.contributions(X).shape()).hasToString("(6, 4, 2)");
  }

  @Test
  void aContributionDependsOnItsFeatureAlone() {
    Tensor moved = X.add(Tensor.of(0., 3, 0, 0));
    Tensor before = NET.contributions(X);
    Tensor after = NET.contributions(moved);
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 4; j++) {
        if (j == 1) {
          assertThat(after.at(i, j, 0)).isNotEqualTo(before.at(i, j, 0));
        } else {
          assertThat(after.at(i, j, 0)).isEqualTo(before.at(i, j, 0));
        }
      }
    }
  }

  @Test
  void centredItIsTheSameFunction() {
    AdditiveNet centred = NET.centred(X);
    assertThat(centred.apply(X).toDoubles())
        .containsExactly(NET.apply(X).toDoubles(), within(1e-12));
    for (double mean : centred.contributions(X).mean(0).toDoubles()) {
      assertThat(mean).isCloseTo(0, within(1e-14));
    }
    assertThat(centred.bias().toDoubles())
        .containsExactly(NET.apply(X).mean(0).toDoubles(), within(1e-12));
  }

  @Test
  void theGradientByEveryParameterAgreesWithDifferences() {
    GradCheck.standard().order(1).directions(2).check((AdditiveNet n) -> n.apply(X).square(), NET);
  }

  @Test
  void dropoutTakesWholeContributionsAwayInTrainingOnly(@TempDir Path folder) throws Exception {
    AdditiveNet dropping = NET.dropout(0.5);
    assertThat(dropping.differsInTraining()).isTrue();
    assertThat(NET.differsInTraining()).isFalse();
    assertThat(dropping.apply(X).sameAs(NET.apply(X))).isTrue();
    Path file = folder.resolve("additive.safetensors");
    Parameters.save(NET, file);
    AdditiveNet again =
        Parameters.load(AdditiveNet.of(Key.of(1), Activation.TANH, DType.F64, 4, 2, 5, 3), file);
    assertThat(again.apply(X).sameAs(NET.apply(X))).isTrue();
  }

  @Test
  void contributionsHaveALabelOnATape() {
    assertThat(Tape.record(NET::apply, X).toString()).contains("contributions", "out");
  }

  @Test
  void whatDoesNotFitIsSaid() {
    assertThatThrownBy(() -> NET.apply(X.slice(1, 0, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an additive network needs features (n, 4), got (6, 3)");
    assertThatThrownBy(() -> AdditiveNet.of(KEY, Activation.TANH, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("additive network: features of at least 1 needed, got 0");
  }
}
