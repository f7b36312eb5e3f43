package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Normalisations, attention and cross-entropy are written again, slowly.
class TensorNeuralTest {
  private static final double EPS = 1e-3;

  private static Tensor ramp(int seed, int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(
        shape,
        IntStream.range(0, shape.elements())
            .mapToDouble(i -> Math.sin(1.7 * i * i + seed) * 1.3 + .01 * i)
            .toArray());
  }

  private static void assertClose(Tensor got, double... want) {
    assertThat(got.toDoubles()).hasSize(want.length);
    for (int i = 0; i < want.length; i++) {
      assertThat(got.toDoubles()[i]).as("element %d", i).isCloseTo(want[i], within(1e-12));
    }
  }

  /// Standardises the elements of `x` that share a group, one number for each element.
  private static double[] standardized(double[] x, int[] group) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int of = group[i];
      double[] members =
          IntStream.range(0, x.length).filter(j -> group[j] == of).mapToDouble(j -> x[j]).toArray();
      double mean = 0;
      for (double member : members) {
        mean += member / members.length;
      }
      double variance = 0;
      for (double member : members) {
        variance += (member - mean) * (member - mean) / members.length;
      }
      y[i] = (x[i] - mean) / Math.sqrt(variance + EPS);
    }
    return y;
  }

  @Test
  void layerNormStandardizesTheLastAxes() {
    Tensor x = ramp(1, 2, 3, 4);
    double[] rows = standardized(x.toDoubles(), IntStream.range(0, 24).map(i -> i / 4).toArray());
    Tensor scale = ramp(2, 4);
    Tensor shift = ramp(3, 4);
    double[] want = new double[24];
    for (int i = 0; i < 24; i++) {
      want[i] = rows[i] * scale.at(i % 4) + shift.at(i % 4);
    }
    assertClose(x.layerNorm(scale, shift, EPS), want);

    double[] both = standardized(x.toDoubles(), IntStream.range(0, 24).map(i -> i / 12).toArray());
    assertClose(x.layerNorm(Tensor.ones(Shape.of(3, 4), DType.F64), null, EPS), both);
  }

  @Test
  void batchNormStandardizesEveryChannel() {
    Tensor x = ramp(4, 3, 2, 2, 2);
    int[] channel = IntStream.range(0, 24).map(i -> i / 4 % 2).toArray();
    double[] y = standardized(x.toDoubles(), channel);
    double[] want = new double[24];
    for (int i = 0; i < 24; i++) {
      want[i] = y[i] * (channel[i] + 2) - channel[i];
    }
    assertClose(x.batchNorm(Tensor.of(2., 3), Tensor.of(0., -1), EPS), want);
    assertClose(x.batchNorm(null, null, EPS), y);
  }

  @Test
  void batchNormAtInferenceUsesTheGivenStatistics() {
    Tensor x = ramp(5, 2, 3);
    Tensor mean = Tensor.of(.1, .2, .3);
    Tensor variance = Tensor.of(1., 2, 4);
    double[] want = new double[6];
    for (int i = 0; i < 6; i++) {
      want[i] = (x.toDoubles()[i] - mean.at(i % 3)) / Math.sqrt(variance.at(i % 3) + EPS) * 2 + 1;
    }
    Tensor two = Tensor.of(2., 2, 2);
    assertClose(x.batchNorm(mean, variance, two, two.div(2), EPS), want);
  }

  @Test
  void groupNormAndInstanceNormAreOneRule() {
    Tensor x = ramp(6, 2, 4, 3);
    double[] groups = standardized(x.toDoubles(), IntStream.range(0, 24).map(i -> i / 6).toArray());
    assertClose(x.groupNorm(2, null, null, EPS), groups);
    double[] each = standardized(x.toDoubles(), IntStream.range(0, 24).map(i -> i / 3).toArray());
    assertClose(x.instanceNorm(null, null, EPS), each);
    assertClose(x.groupNorm(4, null, null, EPS), each);
  }

  @Test
  void rmsNormDividesByTheRootOfTheMeanSquare() {
    Tensor x = Tensor.of(Shape.of(2, 2), 3., 4, 0, 1);
    Tensor y = x.rmsNorm(Tensor.of(1., 2), 0);
    assertClose(y, 3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5), 0, 2 / Math.sqrt(.5));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F64"})
  void aConstantRowBecomesZeros(DType dtype) {
    Tensor y = Tensor.full(Shape.of(2, 5), dtype, 1e4).standardize(1e-5, 1);
    assertThat(y.toDoubles()).containsOnly(0);
  }

  @Test
  void aSmallSpreadAboutALargeMeanIsKeptInSinglePrecision() {
    Tensor x = Tensor.of(4096f, 4097, 4098);
    double deviation = Math.sqrt(2 / 3.);
    assertThat(x.standardize(0).at(2)).isCloseTo(1 / deviation, within(1e-6));
  }

  @Test
  void normalisationsNameTheShapeThatTheyNeed() {
    Tensor x = ramp(1, 2, 6);
    assertThatThrownBy(() -> x.layerNorm(ramp(1, 5), null, EPS))
        .isInstanceOf(ShapeException.class)
        .hasMessage("layerNorm needs a scale of the shape of the last axes of (2, 6), got (5)");
    assertThatThrownBy(() -> x.layerNorm(ramp(1, 6), ramp(1, 1), EPS))
        .hasMessage("layerNorm needs a shift of the shape of the scale (6), got (1)");
    assertThatThrownBy(() -> x.groupNorm(4, null, null, EPS))
        .hasMessage("groupNorm needs (n, c, ...) with a multiple of 4 channels, got (2, 6)");
    assertThatThrownBy(() -> x.instanceNorm(null, null, EPS))
        .hasMessage("instanceNorm needs (n, c, ...) with places, got (2, 6)");
    assertThatThrownBy(() -> x.batchNorm(ramp(1, 5), null, EPS))
        .hasMessage("batchNorm needs a scale of (6), got (5)");
    assertThatThrownBy(() -> ramp(1, 6).batchNorm(null, null, EPS))
        .hasMessage("batchNorm needs (n, c, ...), got (6)");
    assertThatThrownBy(() -> x.standardize(-1, 1))
        .hasMessage("standardize needs a finite eps of at least 0, got -1.0");
    assertThatThrownBy(() -> Tensor.zeros(Shape.of(2, 0), DType.F32).standardize(EPS, 1))
        .hasMessage("standardize needs at least one element along axes [1], got (2, 0)");
  }

  /// Attention of one example, written again: heads are contiguous parts of the features.
  private static double[] slowAttention(
      Tensor q, Tensor k, Tensor v, int heads, java.util.function.IntBinaryOperator sees) {
    int t = q.size(0);
    int s = k.size(0);
    int d = q.size(1) / heads;
    int e = v.size(1) / heads;
    double[] out = new double[t * heads * e];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < t; i++) {
        double[] weight = new double[s];
        double total = 0;
        for (int j = 0; j < s; j++) {
          double score = 0;
          for (int c = 0; c < d; c++) {
            score += q.at(i, h * d + c) * k.at(j, h * d + c);
          }
          weight[j] = sees.applyAsInt(i, j) == 1 ? Math.exp(score / Math.sqrt(d)) : 0;
          total += weight[j];
        }
        for (int j = 0; j < s && total > 0; j++) {
          for (int c = 0; c < e; c++) {
            out[i * heads * e + h * e + c] += weight[j] / total * v.at(j, h * e + c);
          }
        }
      }
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void attentionIsASoftmaxOfScaledProductsForEveryHead(int heads) {
    Tensor q = ramp(1, 3, 4);
    Tensor k = ramp(2, 5, 4);
    Tensor v = ramp(3, 5, 8);
    AttentionOptions options = AttentionOptions.of().heads(heads);
    assertClose(q.attention(k, v, options), slowAttention(q, k, v, heads, (i, j) -> 1));
    assertClose(
        q.attention(k, v, options.causally()),
        slowAttention(q, k, v, heads, (i, j) -> j <= i ? 1 : 0));
    Tensor mask =
        Tensor.of(
            Shape.of(3, 5),
            true,
            false,
            true,
            true,
            false,
            false,
            false,
            false,
            false,
            false,
            true,
            true,
            true,
            true,
            true);
    assertClose(
        q.attention(k, v, options.mask(mask)),
        slowAttention(q, k, v, heads, (i, j) -> mask.toBooleans()[i * 5 + j] ? 1 : 0));
  }

  @Test
  void anAdditiveMaskIsAddedToTheScores() {
    Tensor q = ramp(1, 2, 3, 4);
    Tensor bias = ramp(7, 3, 3);
    Tensor weights = q.attentionWeights(q, AttentionOptions.of().scale(.5).mask(bias));
    Tensor want = q.matmul(q, false, true).mul(.5).add(bias).softmax(-1).unsqueeze(1);
    assertThat(weights.shape()).isEqualTo(Shape.of(2, 1, 3, 3));
    assertClose(weights, want.toDoubles());
  }

  @Test
  void attentionNamesWhatItNeeds() {
    Tensor q = ramp(1, 3, 4);
    assertThatThrownBy(() -> q.attention(ramp(1, 5, 3), ramp(1, 5, 3)))
        .hasMessage(
            "attention needs queries (…, t, h·d) and keys (…, s, h·d) of one rank for 1 heads, got (3,"
                + " 4) and (5, 3)");
    assertThatThrownBy(() -> q.attention(ramp(1, 5, 4), ramp(1, 4, 4)))
        .hasMessage(
            "attention needs values (…, s, h·e) for the keys (5, 4) and 1 heads, got (4, 4)");
    assertThatThrownBy(() ->
            q.attention(
                ramp(1, 5, 4), ramp(1, 5, 4), AttentionOptions.of().mask(Tensor.of(true, false))))
        .hasMessage("attention needs a mask that broadcasts to (1, 3, 5), got (2)");
    assertThatThrownBy(() -> AttentionOptions.of().heads(0))
        .hasMessage("attention needs at least 1 head, got 0");
  }

  @Test
  void crossEntropyIsMinusTheLogarithmOfTheProbabilityOfTheLabel() {
    Tensor x = ramp(1, 2, 3, 4);
    Tensor labels = Tensor.of(Shape.of(2, 3), 0, 1, 2, 3, 2, 1);
    double[] want = new double[6];
    for (int row = 0; row < 6; row++) {
      double total = 0;
      for (int c = 0; c < 4; c++) {
        total += Math.exp(x.at(row / 3, row % 3, c));
      }
      want[row] = Math.log(total) - x.at(row / 3, row % 3, labels.toInts()[row]);
    }
    assertClose(x.crossEntropy(labels), want);
    assertClose(x.crossEntropyWith(labels.oneHot(4, DType.F64)), want);
  }

  @Test
  void crossEntropyIsExactForExtremeLogits() {
    float inf = Float.POSITIVE_INFINITY;
    Tensor x =
        Tensor.of(
            new float[][] {
              {1000, -1000, 0}, {1000, -1000, 0}, {1000, 999, -inf}, {0, inf, inf}, {0, inf, inf}
            });
    Tensor loss = x.crossEntropy(Tensor.of(0, 1, 2, 1, 0));
    assertThat(loss.at(0)).isEqualTo(0);
    assertThat(loss.at(1)).isEqualTo(2000);
    assertThat(loss.at(2)).isEqualTo(inf);
    assertThat(loss.at(3)).isCloseTo(Math.log(2), within(1e-7));
    assertThat(loss.at(4)).isEqualTo(inf);
    // x - log Σ exp(x) has no digits left for this loss of 0.3133.
    Tensor close = Tensor.of(new float[][] {{10001, 10000}});
    assertThat(close.crossEntropy(Tensor.of(0)).at(0))
        .isCloseTo(Math.log1p(Math.exp(-1)), within(1e-7));
  }

  @Test
  void crossEntropyNamesWhatItNeeds() {
    Tensor x = ramp(1, 2, 3);
    assertThatThrownBy(() -> x.crossEntropy(Tensor.of(0, 1, 2)))
        .hasMessage("crossentropy needs logits (…, k) and labels (…), got (2, 3) and (3)");
    assertThatThrownBy(() -> x.crossEntropy(Tensor.of(0, 3)))
        .hasMessage("crossentropy needs indices in 0..2, got 3");
    assertThatThrownBy(() -> x.crossEntropy(Tensor.of(0f, 1)))
        .hasMessage("crossentropy needs an index of I32 or I64, got F32");
    assertThatThrownBy(() -> x.crossEntropyWith(ramp(1, 3, 2)))
        .hasMessage(
            "crossEntropyWith needs logits and probabilities of one shape, got (2, 3) and (3, 2)");
  }

  @Test
  void dropoutKeepsTheMeanAndScalesWhatItKeeps() {
    Tensor x = Tensor.ones(10_000);
    Tensor y = x.dropout(.2, Key.of(3));
    assertThat(y.toFloats()).containsOnly(0, 1 / .8f);
    assertThat(y.mean().item()).isCloseTo(1, within(.02));
    assertThat(y.sameAs(x.dropout(.2, KeyTensor.of(Key.of(3))))).isTrue();
    assertThat(y.sameAs(x.dropout(.2, Key.of(4)))).isFalse();
    assertThat(x.dropout(0, Key.of(3))).isSameAs(x);
    assertThatThrownBy(() -> x.dropout(1, Key.of(3)))
        .hasMessage("dropout needs a probability in 0..1 below 1, got 1.0");
  }

  @Test
  void aKeyTensorDrawsTheBitsOfItsKey() {
    Key key = Key.of(42);
    KeyTensor same = KeyTensor.of(key);
    Shape shape = Shape.of(3, 5);
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      assertThat(same.uniform(shape, dtype).sameAs(key.uniform(shape, dtype))).isTrue();
      assertThat(same.normal(shape, dtype).sameAs(key.normal(shape, dtype))).isTrue();
      assertThat(same.fold(9).normal(shape, dtype).sameAs(key.fold(9).normal(shape, dtype)))
          .isTrue();
    }
    assertThat(same.bernoulli(shape, .3).sameAs(key.bernoulli(shape, .3))).isTrue();
    assertThatThrownBy(() -> new KeyTensor(Tensor.of(1, 2)).uniform(shape, DType.F32))
        .hasMessage("draw needs a key of I64, got I32");
    assertThatThrownBy(() -> new KeyTensor(Tensor.of(1L)).uniform(shape, DType.F32))
        .hasMessage("draw needs a key of (2), or many, got (1)");
    assertThatThrownBy(() -> same.fold(Tensor.of(1L)))
        .hasMessage("foldkey needs a scalar, or one for each key, got (1) for keys (2)");
  }
}
