package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Target;
import dev.backlight.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models that PyTorch exported are explained as PyTorch would: integrated gradients agree with its
/// own, computed in `F64` by 20,000 steps (`onnx/src/test/reference/pytorch_models.py`), to 1e-4 of
/// the largest. Networks with kinks need many steps for that.
class OnnxIntegratedGradientsTest {
  private static final Path MODELS =
      Path.of("../onnx/src/test/resources/dev/backlight/onnx/pytorch");

  private static double[] numbers(Map<?, ?> told, String name) {
    return ((List<?>) Objects.requireNonNull(told.get(name)))
        .stream()
            .mapToDouble(each -> ((Number) Objects.requireNonNull(each)).doubleValue())
            .toArray();
  }

  @ParameterizedTest
  @CsvSource({"mlp,20000", "cnn,2000", "lstm,50", "gru,50", "encoder,400", "vit,50", "resnet,1000"})
  void theyAreThoseOfPyTorch(String name, int steps) throws IOException {
    Map<?, ?> told = (Map<?, ?>) Objects.requireNonNull(Json.read(MODELS.resolve(name + ".json")));
    int[] sizes = new int[numbers(told, "shape").length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (int) numbers(told, "shape")[i];
    }
    Tensor x = Tensor.of(Shape.of(sizes), numbers(told, "x")).to(DType.F32);
    OnnxModel model = OnnxModel.read(MODELS.resolve(name + ".onnx"));

    double[] got =
        IntegratedGradients.from(Baseline.zeros())
            .with(Quadrature.midpoint(steps))
            .explain(model::apply, x, Target.at(1))
            .scores()
            .toDoubles();

    double[] wanted = numbers(told, "integrated");
    double largest = 0;
    double error = 0;
    for (int i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      error = Math.max(error, Math.abs(got[i] - wanted[i]));
    }
    assertThat(error / largest).isLessThan(1e-4);
  }
}
