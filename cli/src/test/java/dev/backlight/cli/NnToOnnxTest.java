package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Npy;
import dev.backlight.nn.Activation;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.GlobalAvgPool;
import dev.backlight.nn.Layer;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.Linear;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.Residual;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.TransformerBlock;
import dev.backlight.onnx.OnnxException;
import dev.backlight.onnx.OnnxModel;
import dev.backlight.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
            input(2, 5, 3)));
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

  @Test
  void aRecurrentLayerIsRefusedByName() {
    Recurrent lstm = Recurrent.of(Recurrent.Kind.LSTM, 3, 4, 1, KEY);

    assertThatThrownBy(() -> OnnxWriter.bytes(Tape.record(lstm::apply, input(2, 5, 3))))
        .isInstanceOf(OnnxException.class)
        .hasMessageStartingWith("a tape that is written needs ops that ONNX has, got scan");
  }
}
