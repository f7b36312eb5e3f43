package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.onnx.Conformance.Result;
import dev.backlight.onnx.Conformance.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks what the ONNX project asks of every backend; the archive is made by
/// `src/test/reference/fixtures.py`.
class ConformanceTest {
  @TempDir static Path folder;

  @BeforeAll
  static void unpack() throws IOException {
    unpack("node-tests.zip.gz", folder);
  }

  private static void unpack(String archive, Path folder) throws IOException {
    try (InputStream file =
            Objects.requireNonNull(ConformanceTest.class.getResourceAsStream(archive));
        ZipInputStream zip = new ZipInputStream(new GZIPInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path to = folder.resolve(entry.getName());
        Files.createDirectories(to.getParent());
        Files.copy(zip, to);
      }
    }
  }

  @Test
  void noAnswerIsWrongAndNineInTenAreGiven() throws IOException {
    List<Path> cases = Conformance.cases(folder);
    Map<Verdict, List<Result>> ends =
        cases.stream().map(ConformanceTest::run).collect(Collectors.groupingBy(Result::verdict));

    assertThat(ends.get(Verdict.FAILED)).isNull();
    assertThat(ends.get(Verdict.PASSED)).hasSizeGreaterThan(cases.size() * 9 / 10);
  }

  /// Made by `src/test/reference/tables.py`.
  @Test
  void modelsOfScikitLearnAnswerAsInOnnxruntime(@TempDir Path tables) throws IOException {
    unpack("tables.zip.gz", tables);

    assertThat(Conformance.cases(tables))
        .hasSize(13)
        .allSatisfy(one -> assertThat(run(one).verdict()).as("%s", one).isEqualTo(Verdict.PASSED));
  }

  /// Made by `src/test/reference/random_nodes.py`.
  @Test
  void nodesWithRandomAttributesAnswerAsInOnnxruntime(@TempDir Path nodes) throws IOException {
    unpack("random-nodes.zip.gz", nodes);

    assertThat(Conformance.cases(nodes))
        .hasSizeGreaterThan(150)
        .allSatisfy(one -> assertThat(run(one).reason()).as("%s", one).isEmpty());
  }

  @Test
  void whatIsNotSupportedIsRefusedWithItsReason() {
    assertThat(run(folder.resolve("test_size_example")).verdict()).isEqualTo(Verdict.PASSED);
    Result momentum = run(folder.resolve("test_momentum"));
    assertThat(momentum.verdict()).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(momentum.reason())
        .isEqualTo(
            "needs operators that are supported, got ai.onnx.preview.training.Momentum (X_new)");
    Result drawn = run(folder.resolve("test_bernoulli_seed"));
    assertThat(drawn.verdict()).isEqualTo(Verdict.UNSUPPORTED);
    assertThat(drawn.reason())
        .isEqualTo("output 'y' is drawn at random, here as F32(10), as needed, with other numbers");
  }

  private static Result run(Path one) {
    try {
      return Conformance.run(one);
    } catch (IOException e) {
      throw new AssertionError(one + " cannot be read", e);
    }
  }

  @Test
  void aWrongNumberIsAFailureThatTellsBoth(@TempDir Path broken) throws IOException {
    Path one = broken.resolve("test_size_example");
    Path set = one.resolve("test_data_set_0");
    Files.createDirectories(set);
    Path right = folder.resolve("test_size_example");
    Files.copy(right.resolve("model.onnx"), one.resolve("model.onnx"));
    for (String file : List.of("input_0.pb", "output_0.pb")) {
      Files.copy(right.resolve("test_data_set_0").resolve(file), set.resolve(file));
    }
    byte[] bytes = Files.readAllBytes(set.resolve("output_0.pb"));
    // The eight bytes of the number are the last of the file.
    bytes[bytes.length - 8] ^= 1;
    Files.write(set.resolve("output_0.pb"), bytes);

    Result result = Conformance.run(one);

    assertThat(result.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(result.reason()).isEqualTo("output 'y' needs 7, got 6");
  }
}
