package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Selected;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Of ridge regression, where retraining is a formula.
class TrainingInfluenceTest {
  private static final Tensor X = Nets.draw(1, DType.F64, 12, 3);
  private static final Tensor Y = Nets.draw(2, DType.F64, 12);
  private static final Tensor TEST_X = Nets.draw(3, DType.F64, 2, 3);
  private static final Tensor TEST_Y = Nets.draw(4, DType.F64, 2);
  private static final double RIDGE = 0.1;

  private static Tensor trained(Tensor weights) {
    // The minimum of Σ weight ½ (x w − y)² / n + ½ ridge w².
    Tensor scaled = X.mul(weights.unsqueeze(1).expand(X.shape()));
    Tensor h = scaled.transpose().matmul(X).div(12).add(Tensor.eye(3, DType.F64).mul(RIDGE));
    return h.solve(scaled.transpose().matmul(Y.unsqueeze(1)).div(12)).squeeze(1);
  }

  private static Tensor loss(Tensor w, Tensor x, Tensor y) {
    return x.matmul(w.unsqueeze(1)).squeeze(1).sub(y).square().mean().mul(0.5);
  }

  private static TrainingInfluence<Tensor> influence() {
    return new TrainingInfluence<>(
        trained(Tensor.ones(12).to(DType.F64)), TrainingInfluenceTest::loss);
  }

  @Test
  void influenceIsWhatRetrainingWithMoreWeightDoes() {
    Tensor predicted = influence().influence(X, Y, TEST_X, TEST_Y, RIDGE);
    double h = 1e-5;
    for (int i = 0; i < 12; i++) {
      double[] more = new double[12];
      double[] less = new double[12];
      Arrays.fill(more, 1);
      Arrays.fill(less, 1);
      // A unit of weight in the mean is n of it in the sum.
      more[i] += 12 * h;
      less[i] -= 12 * h;
      for (int t = 0; t < 2; t++) {
        Tensor x = TEST_X.slice(0, t, t + 1);
        Tensor y = TEST_Y.slice(0, t, t + 1);
        double change =
            (loss(trained(Tensor.of(more)), x, y).item()
                    - loss(trained(Tensor.of(less)), x, y).item())
                / (2 * h);
        assertThat(predicted.at(t, i)).isCloseTo(change, within(1e-6));
      }
    }
  }

  @Test
  void conjugateGradientsComeToTheSame() {
    assertThat(
            influence()
                .influenceByConjugateGradients(X, Y, TEST_X, TEST_Y, RIDGE, 1e-12)
                .toDoubles())
        .containsExactly(
            influence().influence(X, Y, TEST_X, TEST_Y, RIDGE).toDoubles(), within(1e-9));
    assertThatThrownBy(
            () -> influence().influenceByConjugateGradients(X, Y, TEST_X, TEST_Y, -50, 1e-12))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageMatching(
            "conjugate gradients need positive curvature, got -\\d.*; more damping helps");
  }

  @Test
  void aStepOnAnExampleWithPositiveTracInLowersTheLoss() {
    Tensor w = Tensor.of(0.1, -0.2, 0.3);
    TrainingInfluence<Tensor> at = new TrainingInfluence<>(w, TrainingInfluenceTest::loss);
    Tensor all = at.tracIn(X, Y, TEST_X, TEST_Y);
    Tensor gradients = at.gradients(X, Y);
    double rate = 1e-6;
    for (int i = 0; i < 12; i++) {
      Tensor next = w.sub(gradients.slice(0, i, i + 1).squeeze(0).mul(rate));
      for (int t = 0; t < 2; t++) {
        Tensor x = TEST_X.slice(0, t, t + 1);
        Tensor y = TEST_Y.slice(0, t, t + 1);
        double drop = (loss(w, x, y).item() - loss(next, x, y).item()) / rate;
        assertThat(all.at(t, i)).isCloseTo(drop, within(1e-4));
      }
    }
  }

  @Test
  void overCheckpointsItIsWhatPlainDescentGained() {
    // One example a step: each lowers the loss of the tests by what is ascribed to it.
    double rate = 1e-6;
    List<Tensor> checkpoints = new ArrayList<>();
    double[] rates = new double[12];
    Tensor w = Tensor.of(0.1, -0.2, 0.3);
    double[] gained = new double[12];
    for (int i = 0; i < 12; i++) {
      rates[i] = rate;
      checkpoints.add(w);
      TrainingInfluence<Tensor> here = new TrainingInfluence<>(w, TrainingInfluenceTest::loss);
      Tensor slope = here.gradients(X.slice(0, i, i + 1), Y.slice(0, i, i + 1)).squeeze(0);
      Tensor next = w.sub(slope.mul(rate));
      gained[i] = loss(w, TEST_X, TEST_Y).item() - loss(next, TEST_X, TEST_Y).item();
      w = next;
    }
    for (int i = 0; i < 12; i++) {
      Tensor alone =
          TrainingInfluence.tracIn(
              checkpoints.subList(i, i + 1),
              new double[] {rate},
              TrainingInfluenceTest::loss,
              X.slice(0, i, i + 1),
              Y.slice(0, i, i + 1),
              TEST_X,
              TEST_Y);
      assertThat(alone.mean().item()).isCloseTo(gained[i], within(1e-4 * rate));
    }
    Tensor all =
        TrainingInfluence.tracIn(
            checkpoints, rates, TrainingInfluenceTest::loss, X, Y, TEST_X, TEST_Y);
    double[] sum = new double[24];
    for (Tensor checkpoint : checkpoints) {
      double[] one =
          new TrainingInfluence<>(checkpoint, TrainingInfluenceTest::loss)
              .tracIn(X, Y, TEST_X, TEST_Y)
              .toDoubles();
      Arrays.setAll(sum, j -> sum[j] + rate * one[j]);
    }
    assertThat(all.toDoubles()).containsExactly(sum, within(1e-15));
    assertThatThrownBy(() ->
            TrainingInfluence.tracIn(
                checkpoints, new double[3], TrainingInfluenceTest::loss, X, Y, TEST_X, TEST_Y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("TracIn needs checkpoints and a learning rate for each, got 12 and 3");
  }

  @Test
  void aWrongLabelDoesMostToItself() {
    Tensor wrong = Y.add(Tensor.of(0., 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0));
    Tensor own = influence().selfInfluence(X, wrong);
    assertThat(own.argmax(0).item()).isEqualTo(7);
    Tensor each = influence().tracIn(X, wrong, X, wrong);
    for (int i = 0; i < 12; i++) {
      assertThat(own.at(i)).isCloseTo(each.at(i, i), within(1e-9));
    }
  }

  /// Logistic regression, (d) weights, by Newton's method in doubles.
  private static double[] logistic(double[][] x, double[] y, double[] weight, double ridge) {
    int d = x[0].length;
    double[] w = new double[d];
    for (int step = 0; step < 12; step++) {
      double[] slope = new double[d];
      double[][] h = new double[d][d];
      for (int i = 0; i < x.length; i++) {
        double z = 0;
        for (int j = 0; j < d; j++) {
          z += x[i][j] * w[j];
        }
        double p = 1 / (1 + Math.exp(-z));
        for (int j = 0; j < d; j++) {
          slope[j] += weight[i] * (p - y[i]) * x[i][j] / x.length;
          for (int k = 0; k < d; k++) {
            h[j][k] += weight[i] * p * (1 - p) * x[i][j] * x[i][k] / x.length;
          }
        }
      }
      for (int j = 0; j < d; j++) {
        slope[j] += ridge * w[j];
        h[j][j] += ridge;
      }
      double[] move = Tensor.of(h).solve(Tensor.of(slope).unsqueeze(1)).toDoubles();
      for (int j = 0; j < d; j++) {
        w[j] -= move[j];
      }
    }
    return w;
  }

  private static Tensor logLoss(Tensor w, Tensor x, Tensor y) {
    Tensor z = x.matmul(w.unsqueeze(1)).squeeze(1);
    return z.softplus().sub(z.mul(y)).mean();
  }

  @Test
  void influenceForetellsWhatLeavingAPatientOutDoesToLogisticRegression() {
    int n = 200;
    Tensor x = Nets.draw(11, DType.F64, n, 3);
    double[] y = new double[n];
    double[] noise = Nets.draw(12, DType.F64, n).toDoubles();
    double[][] rows = new double[n][3];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 3; j++) {
        rows[i][j] = x.at(i, j);
      }
      y[i] = rows[i][0] - 0.5 * rows[i][2] + noise[i] > 0 ? 1 : 0;
    }
    double ridge = 0.05;
    double[] all = new double[n];
    Arrays.fill(all, 1);
    Tensor fitted = Tensor.of(logistic(rows, y, all, ridge));
    TrainingInfluence<Tensor> at = new TrainingInfluence<>(fitted, TrainingInfluenceTest::logLoss);
    Tensor testX = Nets.draw(13, DType.F64, 1, 3);
    Tensor testY = Tensor.of(1.);
    Tensor exact = at.influence(x, Tensor.of(y), testX, testY, ridge);
    Tensor conjugate =
        at.influenceByConjugateGradients(x, Tensor.of(y), testX, testY, ridge, 1e-12);
    assertThat(conjugate.toDoubles()).containsExactly(exact.toDoubles(), within(1e-10));
    double largest = exact.abs().amax().item() / n;
    for (int i = 0; i < n; i++) {
      double[] without = all.clone();
      without[i] = 0;
      Tensor retrained = Tensor.of(logistic(rows, y, without, ridge));
      double change =
          logLoss(retrained, testX, testY).item() - logLoss(fitted, testX, testY).item();
      // To first order: leaving one of n out takes 1/n of weight away.
      assertThat(-exact.at(0, i) / n).isCloseTo(change, within(0.08 * largest));
    }
  }

  @Test
  void theFewerSideIsSolved() {
    Tensor wide = influence().influence(X, Y, TEST_X, TEST_Y, RIDGE);
    Tensor tall = influence().influenceByConjugateGradients(TEST_X, TEST_Y, X, Y, 2, 1e-13);
    assertThat(tall.toDoubles())
        .containsExactly(influence().influence(TEST_X, TEST_Y, X, Y, 2).toDoubles(), within(1e-10));
    assertThat(wide.shape()).hasToString("(2, 12)");
    assertThat(tall.shape()).hasToString("(12, 2)");
  }

  @Test
  void theNearestExamplesHaveTheLargestCosine() {
    Tensor train = influence().gradients(X, Y);
    Tensor test = influence().gradients(TEST_X, TEST_Y);
    Tensor cosine = influence().cosine(X, Y, TEST_X, TEST_Y);
    for (int t = 0; t < 2; t++) {
      for (int i = 0; i < 12; i++) {
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int j = 0; j < 3; j++) {
          dot += test.at(t, j) * train.at(i, j);
          a += test.at(t, j) * test.at(t, j);
          b += train.at(i, j) * train.at(i, j);
        }
        assertThat(cosine.at(t, i)).isCloseTo(dot / Math.sqrt(a * b), within(1e-14));
      }
    }
    Selected nearest = influence().nearest(3, X, Y, TEST_X, TEST_Y);
    for (int t = 0; t < 2; t++) {
      double[] row = cosine.slice(0, t, t + 1).toDoubles();
      double[] sorted = row.clone();
      Arrays.sort(sorted);
      for (int k = 0; k < 3; k++) {
        assertThat(nearest.values().at(t, k)).isEqualTo(sorted[11 - k]);
        assertThat(row[(int) nearest.index().at(t, k)]).isEqualTo(sorted[11 - k]);
      }
    }
    assertThatThrownBy(() -> influence().nearest(13, X, Y, TEST_X, TEST_Y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "nearest examples need a number from 1 to that of the training examples (12, 3), got"
                + " 13");
  }

  @Test
  void anExampleIsNearestToItself() {
    Selected nearest = influence().nearest(1, X, Y, X, Y);
    assertThat(nearest.index().toInts()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void aLossThatTakesAnotherBranchIsRecordedAnew() {
    TrainingInfluence<Tensor> branching =
        new TrainingInfluence<>(
            Tensor.of(0.1, -0.2, 0.3),
            (w, x, y) -> y.sum().test(v -> v > 0) ? loss(w, x, y) : loss(w, x, y).mul(3));
    Tensor all = branching.gradients(X, Y);
    for (int i = 0; i < 12; i++) {
      Tensor alone = branching.gradients(X.slice(0, i, i + 1), Y.slice(0, i, i + 1));
      assertThat(all.slice(0, i, i + 1).toDoubles()).containsExactly(alone.toDoubles());
    }
  }

  @Test
  void inputsWithoutOutputsAreRefused() {
    assertThatThrownBy(() -> influence().gradients(X, TEST_Y))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "influence needs inputs (n, …) and as many outputs (n, …), got (12, 3) and (2)");
  }
}
