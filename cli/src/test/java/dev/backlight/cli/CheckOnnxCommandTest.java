package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckOnnxCommandTest {
  private static final Path CASES = Path.of("src/test/resources/onnx");
  private static final Path PYTORCH =
      Path.of("../onnx/src/test/resources/dev/backlight/onnx/pytorch");

  @Test
  void casesAreCountedAndReasonsListed() {
    Ran ran = Ran.of("check-onnx", CASES, "--unsupported");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualToNormalizingNewlines(
            """
            unsupported  test_momentum: needs operators that are supported, got ai.onnx.preview.training.Momentum (X_new)
            passed      1
            failed      0
            unsupported 1
            largest     0 of error, in test_size_example
            """);
  }

  @Test
  void aWrongAnswerIsNamedAndEndsWithOne(@TempDir Path folder) throws IOException {
    Path one = folder.resolve("test_size_example");
    Files.createDirectories(one.resolve("test_data_set_0"));
    Path right = CASES.resolve("test_size_example");
    Files.copy(right.resolve("model.onnx"), one.resolve("model.onnx"));
    Path set = one.resolve("test_data_set_0");
    Files.copy(right.resolve("test_data_set_0/input_0.pb"), set.resolve("input_0.pb"));
    Files.copy(right.resolve("test_data_set_0/input_0.pb"), set.resolve("output_0.pb"));

    Ran ran = Ran.of("check-onnx", one);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .isEqualToNormalizingNewlines(
            """
            failed       test_size_example: output 'y' needs F32(2, 3), got I64()
            passed      0
            failed      1
            unsupported 0
            """);
  }

  /// Files and numbers are made by `onnx/src/test/reference/pytorch_models.py`.
  @Test
  void modelsOfPyTorchAgreeInOutputsAndDerivatives() {
    Ran ran = Ran.of("check-onnx", PYTORCH);

    assertThat(ran.out())
        .startsWith(
            """
            passed      32
            failed      0
            unsupported 0
            """);
    assertThat(ran.code()).isZero();
  }

  @Test
  void whatAnotherLibrarySaysOtherwiseIsNamed(@TempDir Path folder) throws IOException {
    Files.copy(PYTORCH.resolve("smooth.onnx"), folder.resolve("smooth.onnx"));
    Map<String, Object> told = new LinkedHashMap<>();
    ((Map<?, ?>) Json.read(PYTORCH.resolve("smooth.json")))
        .forEach((name, numbers) -> told.put((String) name, numbers));
    told.put("gradient", told.get("integrated"));
    Json.write(folder.resolve("smooth.json"), told, Json.Style.PRETTY);

    Ran ran = Ran.of("check-onnx", folder);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out())
        .startsWith(
            "failed       smooth.onnx: gradient: needs to agree to 1.0e−4 of the largest, got ")
        .contains("passed      3");
    told.remove("gradient");
    Json.write(folder.resolve("smooth.json"), told, Json.Style.PRETTY);
    assertThat(Ran.of("check-onnx", folder, "--unsupported").out())
        .startsWith(
            "unsupported  smooth.onnx: "
                + folder.resolve("smooth.json")
                + " needs numbers called gradient, got none");
    told.put("gradient", List.of("steep"));
    Json.write(folder.resolve("smooth.json"), told, Json.Style.PRETTY);
    assertThat(Ran.of("check-onnx", folder, "--unsupported").out())
        .startsWith(
            "unsupported  smooth.onnx: "
                + folder.resolve("smooth.json")
                + " needs numbers called gradient, got none");
    told.put("shape", List.of(2));
    Json.write(folder.resolve("smooth.json"), told, Json.Style.PRETTY);
    assertThat(Ran.of("check-onnx", folder).out()).contains("unsupported 1");
  }

  @Test
  void aFolderWithoutCasesIsBadInput(@TempDir Path folder) {
    Ran ran = Ran.of("check-onnx", folder);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualToNormalizingNewlines(
            "backlight: " + folder + ": folders with a model.onnx are needed, got none\n");
    assertThat(Ran.of("check-onnx", folder.resolve("none")).err())
        .isEqualToNormalizingNewlines(
            "backlight: "
                + folder.resolve("none")
                + ": a folder of test cases is needed, got none\n");
  }
}
