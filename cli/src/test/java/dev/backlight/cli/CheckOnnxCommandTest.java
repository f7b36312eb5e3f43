package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckOnnxCommandTest {
  private static final Path CASES = Path.of("src/test/resources/onnx");

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
