package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// Lets Jazzer look for bytes that the reader of ONNX does not refuse in an orderly way, beginning
/// with small models of PyTorch: `mvn -Pfuzz -pl onnx -am test -Dtest=ModelFuzzing
/// -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.seconds=60`. What it finds stays in
/// `onnx/target/fuzz`.
class ModelFuzzing {
  private static final Path FOLDER = Path.of("target", "fuzz").toAbsolutePath();
  private static final Path MODELS =
      Path.of("src", "test", "resources", "dev", "backlight", "onnx", "pytorch");

  @Test
  void noBytesBreakTheReader() throws Exception {
    Path seeds = Files.createDirectories(FOLDER.resolve("seeds"));
    Path corpus = Files.createDirectories(FOLDER.resolve("corpus"));
    try (var all = Files.list(MODELS)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".onnx")).toList()) {
        Files.write(seeds.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }

    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A few numbers of a file must not ask for more than there is.
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + ModelFuzz.class.getName(),
                "--instrumentation_includes=dev.backlight.onnx.**",
                "-max_total_time=" + Integer.getInteger("fuzz.seconds", 60),
                "-max_len=65536",
                // No single file may take longer; the slowest unroll a million nodes.
                "-timeout=20",
                corpus.toString(),
                seeds.toString())
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(FOLDER.resolve("log").toFile())
            .start();
    assertThat(jazzer.waitFor())
        .as(() -> "what Jazzer says, see " + FOLDER.resolve("log") + ":\n" + end())
        .isZero();
    assertThat(Files.readString(FOLDER.resolve("log"))).containsPattern("Done \\d+ runs in");
  }

  private static String end() {
    try {
      String log = Files.readString(FOLDER.resolve("log"));
      return log.substring(Math.max(0, log.length() - 4000));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
