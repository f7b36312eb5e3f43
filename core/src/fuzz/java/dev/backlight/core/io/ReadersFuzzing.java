package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Lets Jazzer look for bytes that the binary readers do not refuse in an orderly way, beginning
/// with the files of the tests: `mvn -Pfuzz -pl core -am test -Dtest=ReadersFuzzing
/// -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.seconds=60`. What it finds stays in
/// `core/target/fuzz`.
class ReadersFuzzing {
  private static final Path FOLDER = Path.of("target", "fuzz").toAbsolutePath();
  private static final Map<String, int[]> READERS =
      Map.of("safetensors", new int[] {0, 4, 7}, "npy", new int[] {1}, "npz", new int[] {2, 5});

  @Test
  void noBytesBreakAReader() throws Exception {
    Path seeds = Files.createDirectories(FOLDER.resolve("seeds"));
    Path corpus = Files.createDirectories(FOLDER.resolve("corpus"));
    Path files = Path.of("src", "test", "resources", "dev", "backlight", "core", "io");
    try (var all = Files.list(files)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        int[] readers = READERS.get(name.substring(name.lastIndexOf('.') + 1));
        if (readers != null) {
          seed(seeds, name, Files.readAllBytes(file), readers);
        }
      }
    }
    byte[] idx = HexFormat.of().parseHex("00000803000000010000000200000003000180feff07");
    seed(seeds, "idx", idx, 3, 6);
    seed(seeds, "idx.gz", packed(idx), 3, 6);

    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // A reader that believes a file more than it is long does not fit in here.
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + ReadersFuzz.class.getName(),
                "--instrumentation_includes=dev.backlight.core.io.**",
                "-max_total_time=" + Integer.getInteger("fuzz.seconds", 60),
                "-max_len=4096",
                // No single file may take longer.
                "-timeout=5",
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

  private static void seed(Path seeds, String name, byte[] file, int... readers)
      throws IOException {
    for (int reader : readers) {
      byte[] bytes = new byte[file.length + 1];
      bytes[0] = (byte) reader;
      System.arraycopy(file, 0, bytes, 1, file.length);
      Files.write(seeds.resolve(name + "-" + reader), bytes);
    }
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
