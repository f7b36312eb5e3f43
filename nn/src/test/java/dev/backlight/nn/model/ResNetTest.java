package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Residual networks against PyTorch: `src/test/reference/resnet_reference.py` wrote the weights
/// and the logits.
class ResNetTest {
  private static final Key KEY = Key.of(1);

  private static Map<String, Tensor> state(ResNet.Depth depth) throws IOException {
    String file = "resnet" + depth.name().substring(1) + ".safetensors";
    try (InputStream in = ResNetTest.class.getResourceAsStream("/models/" + file)) {
      return Safetensors.read(Objects.requireNonNull(in), file).tensors();
    }
  }

  private static Map<?, ?> reference(ResNet.Depth depth) throws IOException {
    try (InputStream in = ResNetTest.class.getResourceAsStream("/models/resnet.json")) {
      Map<?, ?> file = (Map<?, ?>) Json.parse(Objects.requireNonNull(in).readAllBytes());
      Map<?, ?> cases = (Map<?, ?>) Objects.requireNonNull(file).get("cases");
      return (Map<?, ?>) Objects.requireNonNull(Objects.requireNonNull(cases).get(depth.name()));
    }
  }

  private static ResNet narrow(ResNet.Depth depth) throws IOException {
    int width = ((Number) Objects.requireNonNull(reference(depth).get("width"))).intValue();
    return ResNet.of(depth, 3, width, 5, KEY);
  }

  private static double[] logits(ResNet.Depth depth) throws IOException {
    List<?> rows = (List<?>) Objects.requireNonNull(reference(depth).get("logits"));
    return rows.stream()
        .flatMap(row -> ((List<?>) row).stream())
        .mapToDouble(v -> ((Number) v).doubleValue())
        .toArray();
  }

  @ParameterizedTest
  @EnumSource
  void aStateDictOfPyTorchGivesItsLogits(ResNet.Depth depth) throws IOException {
    ResNet model = TorchWeights.from(narrow(depth), state(depth), "state");

    Tensor x = Tensor.arange(2 * 3 * 64 * 64, DType.F64).square().div(10000).sin();
    Tensor y = model.apply(x.reshape(2, 3, 64, 64).to(DType.F32));

    double[] wanted = logits(depth);
    double largest = 0;
    for (double v : wanted) {
      largest = Math.max(largest, Math.abs(v));
    }
    double[] got = y.toDoubles();
    assertThat(y.shape()).isEqualTo(Shape.of(2, 5));
    for (int i = 0; i < got.length; i++) {
      assertThat(Math.abs(got[i] - wanted[i])).as("logit %d", i).isLessThan(1e-5 * largest);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNamesAreThoseOfPyTorchInItsOrder(ResNet.Depth depth) throws IOException {
    List<String> theirs = new ArrayList<>(state(depth).keySet());
    theirs.removeIf(name -> name.endsWith("num_batches_tracked"));
    assertThat(TorchWeights.of(narrow(depth)).keySet()).containsExactlyInAnyOrderElementsOf(theirs);
  }

  /// The counts that torchvision's documentation gives for its weights.
  @ParameterizedTest
  @CsvSource({"R18, 11689512", "R34, 21797672", "R50, 25557032"})
  void theFullNetworksHaveAsManyParametersAsTorchvisions(ResNet.Depth depth, long wanted) {
    Map<String, Tensor> all = Parameters.of(ResNet.of(depth, 3, ResNet.WIDTH, 1000, KEY));
    long count =
        all.entrySet().stream()
            .filter(e -> !e.getKey().endsWith(".mean") && !e.getKey().endsWith(".variance"))
            .mapToLong(e -> e.getValue().elements())
            .sum();
    assertThat(count).isEqualTo(wanted);
  }

  @Test
  void whatIsWrittenForPyTorchIsReadBackToTheBit(@TempDir Path dir) throws IOException {
    ResNet model = ResNet.small(ResNet.Depth.R18, 1, 2, 3, KEY);
    TorchWeights.save(model, dir.resolve("r.safetensors"));
    ResNet like = ResNet.small(ResNet.Depth.R18, 1, 2, 3, Key.of(2));
    ResNet again = TorchWeights.load(like, dir.resolve("r.safetensors"));
    Tensor x = Key.of(3).normal(Shape.of(2, 1, 8, 8), DType.F32);
    assertThat(again.apply(x).sameAs(model.apply(x))).isTrue();
    assertThat(like.apply(x).sameAs(model.apply(x))).isFalse();
  }

  @Test
  void allThatDoesNotFitIsToldAtOnce() throws IOException {
    Map<String, Tensor> state = new LinkedHashMap<>(state(ResNet.Depth.R18));
    state.remove("layer1.0.bn1.running_mean");
    state.put("fc.weight", Tensor.zeros(Shape.of(5, 31), DType.F32));
    state.put("head.bias", Tensor.zeros(Shape.of(5), DType.F32));
    ResNet like = narrow(ResNet.Depth.R18);
    assertThatThrownBy(() -> TorchWeights.from(like, state, "r18"))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "r18: parameters that fit the model are needed, got layer1.0.bn1.running_mean is"
                + " missing; fc.weight needs F32(5, 32), got F32(5, 31); head.bias is not in the"
                + " model");
  }

  @Test
  void imagesOfOtherChannelsAreRefused() {
    ResNet model = ResNet.small(ResNet.Depth.R50, 3, 2, 4, KEY);
    assertThatThrownBy(() -> model.apply(Tensor.zeros(Shape.of(2, 1, 8, 8), DType.F32)))
        .hasMessage("resnet needs images (n, 3, h, w), got (2, 1, 8, 8)");
  }

  @Test
  void sizesOfNothingAreRefused() {
    assertThatThrownBy(() -> ResNet.of(ResNet.Depth.R18, 3, 0, 4, KEY))
        .hasMessage("resnet: a width of at least 1 needed, got 0");
  }
}
