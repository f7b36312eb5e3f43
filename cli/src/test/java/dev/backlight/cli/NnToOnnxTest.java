package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.ConvOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Interpolation;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Npy;
import dev.backlight.nn.Activation;
import dev.backlight.nn.AdaptiveAvgPool;
import dev.backlight.nn.AdaptiveMaxPool;
import dev.backlight.nn.AvgPool3d;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Conv1d;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Conv3d;
import dev.backlight.nn.ConvTranspose1d;
import dev.backlight.nn.ConvTranspose2d;
import dev.backlight.nn.ConvTranspose3d;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.GlobalAvgPool;
import dev.backlight.nn.GlobalMaxPool;
import dev.backlight.nn.GroupNorm;
import dev.backlight.nn.InstanceNorm;
import dev.backlight.nn.Layer;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.LeakyRelu;
import dev.backlight.nn.LearnedPositions;
import dev.backlight.nn.Linear;
import dev.backlight.nn.LpPool2d;
import dev.backlight.nn.MaxPool1d;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.PRelu;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.Residual;
import dev.backlight.nn.RmsNorm;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.SinusoidalPositions;
import dev.backlight.nn.TransformerBlock;
import dev.backlight.nn.Unflatten;
import dev.backlight.nn.Upsample;
import dev.backlight.onnx.OnnxModel;
import dev.backlight.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Layers and networks of `nn`, written as ONNX and read back. The files lie in
/// `target/onnx-written`, for `onnx/src/test/reference/onnxruntime_agrees.py`.
class NnToOnnxTest {
  private static final Key KEY = Key.of(5);
  private static final Path WRITTEN = Path.of("target/onnx-written");

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of("mlp", Sequential.mlp(KEY, Activation.GELU, 4, 8, 3), input(2, 4)),
        Arguments.of(
            "cnn",
            Sequential.of(
                Conv2d.of(3, 6, 3, Conv2dOptions.of().padding(1), KEY.fold(1)),
                BatchNorm.of(6),
                Activation.RELU,
                MaxPool2d.of(2),
                Residual.of(
                    Conv2d.of(6, 6, 3, Conv2dOptions.of().padding(1).groups(2), KEY.fold(2)),
                    Activation.TANH),
                new GlobalAvgPool(),
                new Flatten(),
                Linear.of(6, 3, KEY.fold(3))),
            input(2, 3, 8, 8)),
        Arguments.of(
            "transformer",
            Sequential.of(
                Linear.of(3, 8, KEY.fold(4)),
                TransformerBlock.of(8, 2, 16, KEY.fold(5)),
                LayerNorm.of(8)),
            input(2, 5, 3)),
        one("conv1d", Conv1d.of(3, 4, 3, ConvOptions.of().stride(2).padding(1), KEY), 2, 3, 9),
        one("conv3d", Conv3d.of(2, 4, 2, ConvOptions.of().stride(2), KEY), 1, 2, 4, 5, 6),
        one(
            "transposed1d",
            ConvTranspose1d.of(3, 4, 3, ConvOptions.of().stride(2).padding(1), KEY),
            2,
            3,
            5),
        one(
            "transposed2d",
            ConvTranspose2d.of(4, 2, 3, ConvOptions.of().stride(2).groups(2).outputPadding(1), KEY),
            1,
            4,
            3,
            4),
        one(
            "transposed3d",
            ConvTranspose3d.of(2, 2, 2, ConvOptions.of().stride(2), KEY),
            1,
            2,
            2,
            3,
            2),
        one("upsample", new Upsample(Interpolation.LINEAR, 2), 1, 2, 3, 4),
        one("nearest", new Upsample(Interpolation.NEAREST, 3), 1, 2, 3, 4),
        one("groups", GroupNorm.of(2, 4), 2, 4, 3, 3),
        one("instances", InstanceNorm.of(3), 2, 3, 4, 4),
        one("rms", RmsNorm.of(5), 2, 5),
        one("prelu", PRelu.of(3), 2, 3, 4),
        one("leaky", new LeakyRelu(0.2), 2, 3),
        one("averages", new AdaptiveAvgPool(List.of(3, 2)), 1, 2, 5, 7),
        one("largest", new AdaptiveMaxPool(List.of(3, 2)), 1, 2, 5, 7),
        one("all", new GlobalMaxPool(), 2, 3, 4, 4),
        one("pool1d", MaxPool1d.of(2), 2, 3, 8),
        one("pool3d", AvgPool3d.of(2), 1, 2, 4, 4, 4),
        one("lp", new LpPool2d(2, 2, 2), 1, 2, 4, 6),
        one("unflatten", new Unflatten(List.of(2, 3)), 4, 6),
        one("rnn", Recurrent.of(Recurrent.Kind.RNN, 3, 4, 1, KEY), 2, 5, 3),
        one("lstm", Recurrent.of(Recurrent.Kind.LSTM, 3, 4, 2, true, DType.F32, KEY), 2, 5, 3),
        one("gru", Recurrent.of(Recurrent.Kind.GRU, 3, 4, 1, KEY).lastOnly(), 2, 5, 3),
        one("waves", new SinusoidalPositions(), 2, 5, 8),
        one("places", LearnedPositions.of(9, 8, KEY), 2, 5, 8));
  }

  private static Arguments one(String name, Layer layer, int... sizes) {
    return Arguments.of(name, layer, input(sizes));
  }

  private static Tensor input(int... sizes) {
    return KEY.fold(9).normal(Shape.of(sizes), DType.F32);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void aNetworkIsWrittenAndAnswersTheSame(String name, Layer model, Tensor x) throws IOException {
    Tensor wanted = model.apply(x);
    Path set = WRITTEN.resolve(name).resolve("test_data_set_0");
    Files.createDirectories(set);
    Path file = set.resolveSibling("model.onnx");
    Npy.write(set.resolve("input_0.npy"), x);
    Npy.write(set.resolve("output_0.npy"), wanted);

    OnnxWriter.write(file, Tape.record(model::apply, x));
    Tensor got = OnnxModel.read(file).apply(x);

    assertThat(got.spec()).isEqualTo(wanted.spec());
    double[] a = got.toDoubles();
    double[] b = wanted.toDoubles();
    for (int i = 0; i < b.length; i++) {
      assertThat(a[i]).as("element %d", i).isCloseTo(b[i], within(1e-5));
    }
  }
}
