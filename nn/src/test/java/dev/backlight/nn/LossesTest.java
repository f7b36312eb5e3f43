package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final Key KEY = Key.of(11);

  @Test
  void crossEntropyIsTheMeanOfMinusTheLogarithmOfTheChosenProbability() {
    Tensor logits = KEY.normal(Shape.of(5, 3), DType.F64);
    int[] labels = {0, 2, 1, 1, 0};
    double sum = 0;
    for (int i = 0; i < 5; i++) {
      double total = 0;
      for (int k = 0; k < 3; k++) {
        total += Math.exp(logits.at(i, k));
      }
      sum -= Math.log(Math.exp(logits.at(i, labels[i])) / total);
    }
    assertThat(Losses.crossEntropy(logits, Tensor.of(labels)).item())
        .isCloseTo(sum / 5, within(1e-14));
  }

  @Test
  void crossEntropyTakesLongLabelsToo() {
    Tensor logits = KEY.normal(Shape.of(2, 3), DType.F32);
    assertThat(Losses.crossEntropy(logits, Tensor.of(2L, 0L)).item())
        .isEqualTo(Losses.crossEntropy(logits, Tensor.of(2, 0)).item());
  }

  /// As PyTorch defines it, one example after the other.
  private static double slow(
      Tensor logits, int[] labels, double smoothing, double[] weights, int ignored) {
    double sum = 0;
    double total = 0;
    int classes = logits.size(1);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == ignored) {
        continue;
      }
      double all = 0;
      for (int k = 0; k < classes; k++) {
        all += Math.exp(logits.at(i, k));
      }
      double spread = 0;
      for (int k = 0; k < classes; k++) {
        spread += weights[k] * (Math.log(all) - logits.at(i, k)) / classes;
      }
      double w = weights[labels[i]];
      sum += (1 - smoothing) * w * (Math.log(all) - logits.at(i, labels[i])) + smoothing * spread;
      total += w;
    }
    return sum / total;
  }

  @Test
  void crossEntropyIsSmoothedWeightedAndSkipsTheIgnoredLabel() {
    Tensor logits = KEY.normal(Shape.of(5, 3), DType.F64);
    int[] labels = {0, -100, 1, 2, 0};
    double[] weights = {.5, 2, 1.5};
    double[] ones = {1, 1, 1};
    CrossEntropyOptions skipping = CrossEntropyOptions.of().ignoring(-100);
    Tensor given = Tensor.of(labels);
    assertThat(Losses.crossEntropy(logits, given, skipping).item())
        .isCloseTo(slow(logits, labels, 0, ones, -100), within(1e-14));
    assertThat(
            Losses.crossEntropy(logits, given, skipping.smoothing(.1).weights(Tensor.of(weights)))
                .item())
        .isCloseTo(slow(logits, labels, .1, weights, -100), within(1e-14));
    Differences.check(
        (Tensor x) ->
            Losses.crossEntropy(x, given, skipping.smoothing(.1).weights(Tensor.of(weights))),
        logits);
  }

  @Test
  void crossEntropyOfNothingThatCountsIsZero() {
    Grad<Tensor> slope =
        Grad.of(
            (Tensor x) ->
                Losses.crossEntropy(x, Tensor.of(7, 7), CrossEntropyOptions.of().ignoring(7)),
            Tensor.ones(Shape.of(2, 3), DType.F64));
    assertThat(slope.value().item()).isEqualTo(0);
    assertThat(slope.grad().abs().toDoubles()).containsOnly(0);
  }

  @Test
  void crossEntropyOptionsAreChecked() {
    assertThatThrownBy(() -> CrossEntropyOptions.of().smoothing(1.5))
        .hasMessage("crossEntropy needs a smoothing in 0..1, got 1.5");
    assertThatThrownBy(() ->
            Losses.crossEntropy(
                Tensor.zeros(1, 3),
                Tensor.of(1),
                CrossEntropyOptions.of().weights(Tensor.of(1f, 2))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("crossEntropy needs weights of (3) F32, got (2) F32");
  }

  @Test
  void theGradientsAreThoseOfDifferences() {
    Tensor logits = KEY.normal(Shape.of(4, 3), DType.F64);
    Tensor labels = Tensor.of(2, 0, 1, 1);
    Tensor targets = KEY.fold(1).uniform(Shape.of(4, 3), DType.F64);
    Differences.check((Tensor x) -> Losses.crossEntropy(x, labels), logits);
    Differences.check((Tensor x) -> Losses.bceWithLogits(x, targets), logits);
    Differences.check((Tensor x) -> Losses.mse(x, targets), logits);
  }

  @Test
  void bceHasTheSlopeOfItsLimitAtZero() {
    Tensor slope =
        Grad.of((Tensor x) -> Losses.bceWithLogits(x, Tensor.of(1.0, 0.0)), Tensor.of(0.0, 0.0))
            .grad();
    assertThat(slope.toDoubles()).containsExactly(-0.25, 0.25);
  }

  @Test
  void lossesAndSlopesStayFiniteAtLogitsOfAThousand() {
    Tensor logits = Tensor.of(new float[][] {{1000, -1000}, {1000, -1000}});
    Grad<Tensor> entropy = Grad.of((Tensor x) -> Losses.crossEntropy(x, Tensor.of(0, 1)), logits);
    assertThat(entropy.value().item()).isEqualTo(1000);
    assertThat(entropy.grad().toFloats()).containsExactly(0, 0, 0.5f, -0.5f);

    Tensor targets = Tensor.of(new float[][] {{1, 0}, {0, 1}});
    Grad<Tensor> bce = Grad.of((Tensor x) -> Losses.bceWithLogits(x, targets), logits);
    assertThat(bce.value().item()).isEqualTo(500);
    assertThat(bce.grad().toFloats()).containsExactly(0, 0, 0.25f, -0.25f);
  }

  @Test
  void aLossThatWouldBroadcastIsRefused() {
    assertThatThrownBy(() -> Losses.mse(Tensor.zeros(8, 1), Tensor.zeros(8)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("mse needs prediction and target of one shape, got (8, 1) and (8)");
    assertThatThrownBy(() -> Losses.bceWithLogits(Tensor.zeros(8, 1), Tensor.zeros(1, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("bceWithLogits needs logits and targets of one shape, got (8, 1) and (1, 1)");
    assertThatThrownBy(() -> Losses.crossEntropy(Tensor.zeros(8, 3), Tensor.of(1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("crossEntropy needs logits (n, k) and labels (n), got (8, 3) and (1)");
  }

  @Test
  void dtypesThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> Losses.mse(Tensor.of(1f), Tensor.of(1.0)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("mse needs prediction and target of one dtype, got F32 and F64");
    assertThatThrownBy(() -> Losses.crossEntropy(Tensor.zeros(1, 3), Tensor.of(1f)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("crossEntropy needs labels of I32 or I64, got F32");
  }

  private static double slope(java.util.function.UnaryOperator<Tensor> loss, double... at) {
    return Grad.of(loss, Tensor.of(at)).grad().at(0);
  }

  @Test
  void kinksAreAnsweredAsTheConventionsSay() {
    Tensor zero = Tensor.of(0.0);
    Tensor one = Tensor.of(1.0);
    assertThat(slope(x -> Losses.mae(x, zero), 0)).isZero();
    assertThat(slope(x -> Losses.huber(x, zero, 1), 1)).isOne();
    assertThat(slope(x -> Losses.huber(x, zero, 1), -1)).isEqualTo(-1);
    assertThat(slope(x -> Losses.hinge(x, one), 1)).isZero();
    assertThat(slope(x -> Losses.logCosh(x, zero), 1000)).isOne();
    assertThat(Losses.logCosh(Tensor.of(-1000.0), zero).item())
        .isCloseTo(1000 - Math.log(2), within(1e-9));
    Tensor p = Tensor.of(new double[][] {{0, 1}});
    assertThat(Losses.kl(Tensor.of(new double[][] {{-5, 0}}), p).item()).isZero();
    Tensor same = Tensor.of(new double[][] {{1, 2}});
    Grad<Tensor> pair =
        Grad.of((Tensor a) -> PairLosses.contrastive(a, same, Tensor.of(false), 1), same.add(0));
    assertThat(pair.value().item()).isOne();
    assertThat(pair.grad().toDoubles()).containsOnly(0);
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Tensor rows = Tensor.zeros(4, 3);
    Tensor four = Tensor.of(0, 1, 2, 0);
    assertThatThrownBy(() -> Losses.nll(rows, Tensor.of(0, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("nll needs log-probabilities (n, k) and labels (n), got (4, 3) and (2)");
    assertThatThrownBy(() -> Losses.focal(rows, four, -1))
        .hasMessage("focal needs a finite gamma of at least 0, got -1.0");
    assertThatThrownBy(() -> Losses.binaryFocal(rows, rows, 2, 1))
        .hasMessage("binaryFocal needs alpha in 0..1, got 2.0");
    assertThatThrownBy(() -> Losses.bceWithLogits(rows, rows, Tensor.zeros(2, 4, 3)))
        .hasMessage(
            "bceWithLogits needs logits and weighted targets of one shape, got (4, 3) and (2, 4, 3)");
    assertThatThrownBy(() -> Losses.huber(rows, rows, 0))
        .hasMessage("huber needs a delta above 0, got 0.0");
    assertThatThrownBy(() -> Losses.mae(rows, Tensor.zeros(3)))
        .hasMessage("mae needs prediction and target of one shape, got (4, 3) and (3)");
    assertThatThrownBy(() -> Losses.dice(four.to(DType.F32), four.to(DType.F32), 1))
        .hasMessage("dice needs probabilities (n, ...), got (4)");
    assertThatThrownBy(() -> Losses.kl(Tensor.scalar(0f), Tensor.scalar(0f)))
        .hasMessage("kl needs log-probabilities (n, ...), got a scalar");
    assertThatThrownBy(() -> Losses.crossEntropyWith(Tensor.zeros(3), Tensor.zeros(3)))
        .hasMessage("crossEntropyWith needs logits (n, k), got (3)");
    assertThatThrownBy(() -> PairLosses.contrastive(rows, rows, four, 1))
        .isInstanceOf(DTypeException.class)
        .hasMessage("contrastive needs flags of BOOL, got I32");
    assertThatThrownBy(() -> PairLosses.cosine(rows, rows, Tensor.of(true), 1))
        .hasMessage("cosine needs one flag for each of 4 pairs, got (1)");
    assertThatThrownBy(() -> PairLosses.triplet(Tensor.zeros(3), rows, rows, 1))
        .hasMessage("triplet needs rows (n, k), got (3)");
    assertThatThrownBy(() -> PairLosses.infoNce(rows, rows, 0))
        .hasMessage("infoNce needs a temperature above 0, got 0.0");
  }
}
