package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
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

/// Every op of the engine, checked at order 2 by differences of its own forward pass.
class OpRulesTest {
  static Stream<OpSamples.Sample> differentiable() {
    return OpSamples.all().stream()
        .filter(s -> !(s.op() instanceof Op.Discrete))
        .filter(s -> !(s.op() instanceof dev.backlight.core.op.Cast));
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void everyRuleAgreesWithDifferencesToOrderTwo(OpSamples.Sample sample) {
    GradCheck.standard()
        .check(
            (java.util.List<Tensor> in) ->
                java.util.List.of(Tensor.applyAll(sample.op(), in.toArray(Tensor[]::new))),
            sample.inputs());
  }

  static Stream<OpSamples.Sample> all() {
    return OpSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void replayEqualsEagerBitForBit(OpSamples.Sample sample) {
    Tensor[] in = sample.inputs().toArray(Tensor[]::new);
    Tensor[] eager = Tensor.applyAll(sample.op(), in);
    Tape<java.util.List<Tensor>, java.util.List<Tensor>> tape =
        Tape.record(
            x -> java.util.List.of(Tensor.applyAll(sample.op(), x.toArray(Tensor[]::new))),
            sample.inputs());
    var player = tape.player();
    for (int play = 0; play < 2; play++) {
      java.util.List<Tensor> replayed = player.play(sample.inputs());
      for (int k = 0; k < eager.length; k++) {
        assertThat(replayed.get(k).sameAs(eager[k])).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyOpAlsoRunsInSinglePrecision(OpSamples.Sample sample) {
    Tensor[] narrow =
        sample.inputs().stream()
            .map(t -> t.dtype() == DType.F64 ? t.to(DType.F32) : t)
            .toArray(Tensor[]::new);
    Tensor[] wide = Tensor.applyAll(sample.op(), sample.inputs().toArray(Tensor[]::new));
    Tensor[] got = Tensor.applyAll(sample.op(), narrow);
    for (int k = 0; k < got.length; k++) {
      double[] a = got[k].toDoubles();
      double[] b = wide[k].toDoubles();
      assertThat(got[k].shape()).isEqualTo(wide[k].shape());
      for (int i = 0; i < a.length; i++) {
        assertThat(a[i]).isCloseTo(b[i], within(2e-6 * Math.max(1, Math.abs(b[i]))));
      }
    }
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
