package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Mul;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op of the engine gets the whole battery of [OpCheck], at every sample.
class OpRulesTest {
  static Stream<OpSamples.Sample> all() {
    return OpSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyOpKeepsWhatOpsPromise(OpSamples.Sample sample) {
    OpCheck.standard().check(sample.op(), sample.inputs().toArray(Tensor[]::new));
  }

  @Test
  void noOpIsWithoutASample() throws IOException, URISyntaxException {
    // A folder of classes in an IDE or `mvn test`, a jar in `mvn verify`.
    Path place = Path.of(Mul.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      assertEveryOpIsSampled(place.resolve("dev/backlight/core/op"));
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        assertEveryOpIsSampled(jar.getPath("dev/backlight/core/op"));
      }
    }
  }

  private static void assertEveryOpIsSampled(Path classes) throws IOException {
    Set<String> sampled =
        OpSamples.all().stream().map(s -> s.op().getClass().getName()).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> files = Files.list(classes)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.startsWith("package-info")) {
          Class<?> type = load("dev.backlight.core.op." + name.substring(0, name.length() - 6));
          if (type.isRecord()
              && Op.class.isAssignableFrom(type)
              && !sampled.contains(type.getName())) {
            missing.add(type.getSimpleName());
          }
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(sampled).hasSizeGreaterThan(60);
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
