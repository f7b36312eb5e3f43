package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Small networks as PyTorch exports them; files and numbers are made by
/// `src/test/reference/pytorch_models.py`.
class PyTorchModelsTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/backlight/onnx/pytorch");

  /// What PyTorch said of a model, in float64.
  private record Told(Map<?, ?> numbers) {
    static Told of(String name) throws IOException {
      return new Told((Map<?, ?>) Json.read(FOLDER.resolve(name + ".json")));
    }

    double[] of(String name, int length) {
      List<?> list = (List<?>) numbers.get(name);
      assertThat(list).hasSize(length);
      return list.stream().mapToDouble(each -> ((Number) each).doubleValue()).toArray();
    }

    Tensor x() {
      int[] sizes =
          ((List<?>) numbers.get("shape"))
              .stream().mapToInt(each -> ((Number) each).intValue()).toArray();
      Shape shape = Shape.of(sizes);
      return Tensor.of(shape, of("x", shape.elements())).to(DType.F32);
    }
  }

  private static OnnxModel model(String name) throws IOException {
    return OnnxModel.read(FOLDER.resolve(name + ".onnx"));
  }

  private static void assertClose(Tensor got, double[] wanted) {
    double largest = 0;
    for (double each : wanted) {
      largest = Math.max(largest, Math.abs(each));
    }
    double[] numbers = got.toDoubles();
    assertThat(numbers).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(numbers[i])
          .as("element %d", i)
          .isCloseTo(wanted[i], Offset.offset(1e-4 * largest));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "resnet", "lstm", "gru", "encoder", "vit"})
  void outputsAndInputGradientsAreThoseOfPyTorch(String name) throws IOException {
    Told told = Told.of(name);
    Tensor x = told.x();
    OnnxModel model = model(name);
    Tape<Tensor, Tensor> tape = model.tape(x);

    Tensor y = tape.run(x);
    Tape<Tensor, Tensor> gradient =
        Tape.record(in -> model.apply(in).slice(1, 1, 2).sum(), x).gradient();

    assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
    assertClose(y, told.of("y", y.elements()));
    assertClose(gradient.run(x), told.of("gradient", x.elements()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lstm", "encoder"})
  void aTapeRecordedOnOtherNumbersAnswersTheSame(String name) throws IOException {
    Tensor x = Told.of(name).x();
    OnnxModel model = model(name);

    Tensor y = model.tape(Tensor.zeros(x.shape(), x.dtype())).run(x);

    assertThat(y.sameAs(model.apply(x))).isTrue();
  }

  @Test
  void nodesCarryTheNamesOfTheFile() throws IOException {
    Tape<Tensor, Tensor> tape = model("mlp").tape(Tensor.zeros(1, 6));

    assertThat(tape.node("/1/Relu")).isPresent();
    assertThat(tape.node("/3/Tanh")).isPresent();
    assertThat(tape.node("/1/Relu").orElseThrow().op().name()).isEqualTo("relu");
  }

  @Test
  void shapeArithmeticIsDoneAtImport() throws IOException {
    Tape<Tensor, Tensor> tape = model("encoder").tape(Tensor.zeros(2, 5, 3));

    assertThat(tape.nodes())
        .allSatisfy(node ->
            assertThat(node.outputs())
                .allSatisfy(out -> assertThat(out.dtype().isFloat()).isTrue()));
  }

  @Test
  void derivativesOfAnImportedModelAgreeWithDifferences() throws IOException {
    OnnxModel model = model("smooth");
    Tensor x = Told.of("smooth").x().to(DType.F64);

    GradCheck.standard().check((Tensor in) -> model.apply(in), x);
  }
}
