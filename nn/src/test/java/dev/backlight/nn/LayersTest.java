package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Struct;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.ConvOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.PoolOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final Key KEY = Key.of(3);

  @Test
  void linearMultipliesAndAdds() {
    Linear layer = new Linear(Tensor.of(new float[][] {{1, 2}, {3, 4}}), Tensor.of(10f, 20f));
    Tensor x = Tensor.of(new float[][] {{1, 1}, {0, 2}});
    assertThat(layer.apply(x).toFloats()).containsExactly(14, 26, 16, 28);
    assertThat(layer.withoutBias().apply(x).toFloats()).containsExactly(4, 6, 6, 8);
  }

  @Test
  void linearNamesTheShapesThatDoNotFit() {
    assertThatThrownBy(() -> Linear.of(4, 16, KEY).apply(Tensor.zeros(1, 5)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("matmul needs (m, k) and (k, n), got (1, 5) and (4, 16)");
  }

  @Test
  void initialWeightsFillTheirBounds() {
    double[] glorot = Linear.of(300, 100, KEY).weight().toDoubles();
    double[] he = Linear.of(300, 100, Init.HE, KEY).weight().toDoubles();
    assertThat(largest(glorot)).isCloseTo(Math.sqrt(6.0 / 400), within(1e-4));
    assertThat(largest(he)).isCloseTo(Math.sqrt(6.0 / 300), within(1e-4));
    double[] conv = Conv2d.of(8, 32, 5, KEY).weight().toDoubles();
    assertThat(largest(conv)).isCloseTo(Math.sqrt(6.0 / (8 * 25)), within(1e-3));
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void theSameKeyDrawsTheSameLayer() {
    assertThat(Linear.of(3, 4, KEY).weight().sameAs(Linear.of(3, 4, KEY).weight())).isTrue();
    assertThat(Linear.of(3, 4, KEY).weight().sameAs(Linear.of(3, 4, Key.of(4)).weight())).isFalse();
  }

  @Test
  void aLayerWithoutInputsIsRefused() {
    assertThatThrownBy(() -> Linear.of(0, 4, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layer needs at least 1 input and 1 output, got 0 and 4");
    assertThatThrownBy(() -> Conv2d.of(3, 4, 3, Conv2dOptions.of().groups(2), KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a convolution in 2 groups needs channels in multiples of it, got 3 and 4");
  }

  @Test
  void batchNormScalesAndShiftsEveryChannel() {
    BatchNorm norm =
        new BatchNorm(
            Tensor.of(2.0, 3.0),
            Tensor.of(0.5, -1.0),
            Tensor.of(1.0, -2.0),
            Tensor.of(4.0, 9.0),
            0,
            0.1);
    Tensor images = KEY.normal(Shape.of(2, 2, 3, 1), DType.F64);
    Tensor y = norm.apply(images);
    for (int n = 0; n < 2; n++) {
      for (int h = 0; h < 3; h++) {
        assertThat(y.at(n, 0, h, 0))
            .isCloseTo((images.at(n, 0, h, 0) - 1) / 2 * 2 + 0.5, within(1e-14));
        assertThat(y.at(n, 1, h, 0))
            .isCloseTo((images.at(n, 1, h, 0) + 2) / 3 * 3 - 1, within(1e-14));
      }
    }
    assertThat(norm.apply(Tensor.zeros(Shape.of(5, 2), DType.F64)).shape())
        .isEqualTo(Shape.of(5, 2));
    assertThatThrownBy(() -> norm.apply(Tensor.zeros(5, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("batchnorm needs (n, 2, ...), got (5, 3)");
  }

  @Test
  void statisticsOfBatchNormAreNoParameters() {
    Tensor x = KEY.normal(Shape.of(4, 3), DType.F32);
    BatchNorm slope = Grad.of((BatchNorm n) -> n.apply(x).square().sum(), BatchNorm.of(3)).grad();
    assertThat(slope.mean().toFloats()).containsOnly(0);
    assertThat(slope.variance().toFloats()).containsOnly(0);
    assertThat(slope.scale().toFloats()).doesNotContain(0);
  }

  @Test
  void shapesGoThroughAConvolutionalNetwork() {
    Sequential cnn = cnn(DType.F32, Activation.RELU, MaxPool2d.of(2));
    assertThat(cnn.apply(Tensor.zeros(7, 64)).shape()).isEqualTo(Shape.of(7, 10));
    assertThat(
            Sequential.of(Unflatten.to(2, 4, 4), new GlobalAvgPool())
                .apply(Tensor.ones(3, 32))
                .toFloats())
        .containsExactly(1, 1, 1, 1, 1, 1);
    assertThat(AvgPool2d.of(2).apply(Tensor.ones(1, 1, 4, 4)).shape())
        .isEqualTo(Shape.of(1, 1, 2, 2));
    assertThatThrownBy(() -> new GlobalAvgPool().apply(Tensor.zeros(3, 4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("globalAvgPool needs (n, c, ...) with places, got (3, 4)");
  }

  private static Sequential cnn(DType dtype, Activation activation, Layer pool) {
    Key[] keys = KEY.split(2);
    return Sequential.of(
        Unflatten.to(1, 8, 8),
        Conv2d.of(1, 4, 3, Conv2dOptions.of().padding(1), Init.HE, dtype, keys[0]),
        activation,
        pool,
        new Flatten(),
        Linear.of(64, 10, Init.GLOROT, dtype, keys[1]));
  }

  @Test
  void theGradientOfANetworkIsThatOfDifferences() {
    Tensor x = KEY.normal(Shape.of(2, 64), DType.F64);
    Tensor y = Tensor.of(3, 9);
    // Smooth ones: differences across a kink say nothing.
    Sequential cnn = cnn(DType.F64, Activation.TANH, AvgPool2d.of(2));
    Differences.check((Sequential m) -> Losses.crossEntropy(m.apply(x), y), cnn);
    Sequential mlp = Sequential.mlp(KEY, Activation.GELU, DType.F64, 5, 4, 3);
    Tensor rows = KEY.normal(Shape.of(3, 5), DType.F64);
    Differences.check(
        (Sequential m) -> Losses.crossEntropy(m.apply(rows), Tensor.of(0, 1, 2)), mlp);
  }

  @Test
  void aGradientHasTheTypeOfTheModel() {
    Linear slope =
        Grad.of((Linear m) -> m.apply(Tensor.ones(2, 3)).sum(), Linear.of(3, 2, KEY)).grad();
    assertThat(slope.bias()).isNotNull();
    assertThat(slope.bias().toFloats()).containsExactly(2, 2);
    assertThat(slope.weight().toFloats()).containsOnly(2);
  }

  @Test
  void parametersAreNamedByPath() {
    assertThat(Struct.of(Sequential.mlp(KEY, Activation.TANH, 2, 4, 1)).names())
        .isEqualTo(List.of("layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"));
  }

  @Test
  void aPerceptronNeedsTwoWidths() {
    assertThatThrownBy(() -> Sequential.mlp(KEY, Activation.TANH, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a perceptron needs at least two widths, those of input and output, got 1");
  }

  @Test
  void everyActivationIsItsFormula() {
    double[] x = {-3, -0.5, 0, 0.5, 3};
    for (int i = 0; i < x.length; i++) {
      double v = x[i];
      double s = 1 / (1 + Math.exp(-v));
      assertThat(at(Activation.RELU, v)).isEqualTo(Math.max(v, 0));
      assertThat(at(Activation.TANH, v)).isCloseTo(Math.tanh(v), within(1e-15));
      assertThat(at(Activation.SIGMOID, v)).isCloseTo(s, within(1e-15));
      assertThat(at(Activation.SILU, v)).isCloseTo(v * s, within(1e-15));
      assertThat(at(Activation.SOFTPLUS, v)).isCloseTo(Math.log(1 + Math.exp(v)), within(1e-15));
      assertThat(at(LeakyRelu.of(), v)).isEqualTo(v > 0 ? v : 0.01 * v);
    }
    // Φ(0.5) and Φ(3) from a table of the normal distribution.
    assertThat(at(Activation.GELU, 0.5)).isCloseTo(0.5 * 0.6914624612740131, within(1e-12));
    assertThat(at(Activation.GELU, 3)).isCloseTo(3 * 0.9986501019683699, within(1e-12));
  }

  private static double at(Layer layer, double x) {
    return layer.apply(Tensor.of(x)).item();
  }

  @Test
  void aResidualAddsWhatItsLayersMake() {
    Residual twice = Residual.of(x -> x);
    Tensor x = KEY.normal(Shape.of(2, 3), DType.F64);
    assertThat(twice.apply(x).sameAs(x.add(x))).isTrue();
    Residual noisy = Residual.of(new Dropout(.5), Linear.of(3, 3, KEY));
    assertThat(noisy.differsInTraining()).isTrue();
    assertThatThrownBy(() -> Residual.of(Linear.of(3, 2, KEY)).apply(Tensor.zeros(4, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a residual needs a layer that keeps the shape (4, 3), got (4, 2)");
  }

  @Test
  void wholeChannelsAreDroppedAndTheRestScaled() {
    SpatialDropout layer = new SpatialDropout(.25);
    Tensor x = Tensor.ones(Shape.of(40, 30, 2, 3), DType.F64);
    assertThat(layer.apply(x)).isSameAs(x);
    Tensor y = layer.train(x, Train.with(KeyTensor.of(KEY)));
    Tensor channels = y.mean(2, 3);
    assertThat(channels.eq(0).or(channels.sub(4.0 / 3).abs().lt(1e-12)).to(DType.F64).amin().item())
        .isOne();
    assertThat(y.mean().item()).isCloseTo(1, within(.05));
    assertThatThrownBy(() -> layer.train(Tensor.zeros(3), Train.with(KeyTensor.of(KEY))))
        .hasMessage("spatialdropout needs (n, c, ...), got (3)");
  }

  @Test
  void alphaDropoutKeepsMeanAndVariance() {
    AlphaDropout layer = new AlphaDropout(.2);
    Tensor x = KEY.normal(Shape.of(200_000), DType.F64);
    assertThat(layer.apply(x)).isSameAs(x);
    Tensor y = layer.train(x, Train.with(KeyTensor.of(KEY.fold(1))));
    assertThat(y.mean().item()).isCloseTo(0, within(.02));
    assertThat(y.variance(0).item()).isCloseTo(1, within(.02));
    assertThat(new AlphaDropout(0).train(x, Train.with(KeyTensor.of(KEY)))).isSameAs(x);
  }

  @Test
  void preluHasItsLearnedSlopeAtZero() {
    PRelu layer = PRelu.of(1);
    Tensor slope = Grad.of((Tensor x) -> layer.apply(x).sum(), Tensor.of(-1f, 0, 1)).grad();
    assertThat(slope.toFloats()).containsExactly(.25f, .25f, 1);
  }

  @Test
  void poolsAndUpsamplingAreTheTensorsOwn() {
    Tensor x = KEY.normal(Shape.of(2, 3, 6), DType.F64);
    assertThat(MaxPool1d.of(2).apply(x).sameAs(x.maxPool1d(PoolOptions.of(2)))).isTrue();
    assertThat(AvgPool1d.of(3).apply(x).sameAs(x.avgPool1d(PoolOptions.of(3)))).isTrue();
    assertThat(AdaptiveAvgPool.to(4).apply(x).shape()).isEqualTo(Shape.of(2, 3, 4));
    assertThat(
            AdaptiveMaxPool.to(1).apply(x).flatten().sameAs(new GlobalMaxPool().apply(x).flatten()))
        .isTrue();
    assertThat(Upsample.nearest(2).apply(x).shape()).isEqualTo(Shape.of(2, 3, 12));
    Tensor volume = KEY.normal(Shape.of(1, 2, 4, 4, 4), DType.F64);
    assertThat(MaxPool3d.of(2).apply(volume).shape()).isEqualTo(Shape.of(1, 2, 2, 2, 2));
    assertThat(AdaptiveAvgPool.to(1, 2, 4).apply(volume).shape())
        .isEqualTo(Shape.of(1, 2, 1, 2, 4));
    assertThatThrownBy(() -> AdaptiveAvgPool.to(0))
        .hasMessage("adaptiveavgpool needs one to three sizes of at least 1, got [0]");
    assertThatThrownBy(() -> AdaptiveMaxPool.to())
        .hasMessage("adaptivemaxpool needs one to three sizes of at least 1, got []");
    assertThatThrownBy(() -> Conv1d.of(2, 3, 0, ConvOptions.of(), KEY))
        .hasMessage("a window needs a size of at least 1, got 0");
  }

  @Test
  void newLayersOfSizesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> Embedding.of(0, 3, KEY))
        .hasMessage("an embedding needs at least 1 thing and 1 number, got 0 and 3");
    assertThatThrownBy(() -> GroupNorm.of(2, 3))
        .hasMessage("groupnorm needs channels in equal groups, got 3 in 2");
    assertThatThrownBy(() -> PRelu.of(2).apply(Tensor.zeros(4, 3)))
        .hasMessage("prelu needs (n, 2, ...), got (4, 3)");
    assertThatThrownBy(
            () -> Bilinear.of(2, 3, 1, KEY).apply(Tensor.zeros(4, 2), Tensor.zeros(4, 2)))
        .hasMessage("bilinear needs (n, 2) and (n, 3), got (4, 2) and (4, 2)");
    assertThatThrownBy(() -> new SpatialDropout(-1))
        .hasMessage("spatialdropout needs a rate in [0, 1), got -1.0");
    assertThatThrownBy(() -> new AlphaDropout(1))
        .hasMessage("alphadropout needs a rate in [0, 1), got 1.0");
  }
}
