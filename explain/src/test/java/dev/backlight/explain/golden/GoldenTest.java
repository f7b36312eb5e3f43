package dev.backlight.explain.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.io.FormatException;
import dev.backlight.explain.golden.GoldenCase.Result;
import dev.backlight.explain.golden.GoldenCase.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every golden case at the tolerance that its file gives.
///
/// `-Dbacklight.golden=DIR` runs the files of another folder. The tally at the end counts what
/// passed by method; an unknown method is a failure.
class GoldenTest {
  private static final Map<String, int[]> TALLY = new TreeMap<>();

  @TempDir Path dir;

  static Path folder() {
    String given = System.getProperty("backlight.golden");
    try {
      return given != null
          ? Path.of(given)
          : Path.of(
                  Objects.requireNonNull(GoldenTest.class.getResource("/golden/xor.json")).toURI())
              .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicContainer> everyCaseAgreesWithTheReferenceTools() throws IOException {
    List<Path> files = GoldenCase.files(folder());
    assertThat(files).isNotEmpty();
    return files.stream()
        .map(f ->
            DynamicContainer.dynamicContainer(f.getFileName().toString(), f.toUri(), tests(f)));
  }

  /// Files are read one by one, as they are run.
  private static Stream<DynamicTest> tests(Path file) {
    try {
      return GoldenCase.read(file).stream()
          .map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(GoldenCase one) {
    int[] counts = TALLY.computeIfAbsent(one.method(), _ -> new int[2]);
    counts[1]++;
    Result result = one.run();
    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.PASSED);
    counts[0]++;
  }

  @AfterAll
  static void tally() {
    int passed = 0;
    int all = 0;
    StringBuilder text = new StringBuilder("golden cases: passed / all\n");
    for (Map.Entry<String, int[]> each : TALLY.entrySet()) {
      text.append(
          String.format(
              "  %-38s %4d / %d%n", each.getKey(), each.getValue()[0], each.getValue()[1]));
      passed += each.getValue()[0];
      all += each.getValue()[1];
    }
    System.out.print(text.append(String.format("  %-38s %4d / %d%n", "all", passed, all)));
  }

  /// The text of a file that passes, with parts of it replaced.
  private List<Result> run(String from, String to) throws IOException {
    String text = Files.readString(folder().resolve("xor.json"));
    assertThat(text).contains(from);
    Path file = dir.resolve("other.json");
    Files.writeString(file, text.replace(from, to));
    return GoldenCase.read(file).stream().map(GoldenCase::run).toList();
  }

  @Test
  void wrongNumbersFailAndUnknownMethodsAreUnsupported() throws IOException {
    List<Result> wrong = run("\"rel_to_max\":", "\"rel_to_max\":-");
    assertThat(wrong.stream().filter(r -> r.verdict() == Verdict.FAILED)).hasSizeGreaterThan(10);
    assertThat(wrong.stream().map(Result::reason).filter(r -> r.startsWith("x needs")))
        .anySatisfy(
            r -> assertThat(r).matches("x needs \\S+ at element \\d+ within \\S+, got \\S+"));
    List<Result> unknown = run("\"method\":\"saliency\"", "\"method\":\"guess\"");
    assertThat(unknown.stream().filter(r -> r.verdict() == Verdict.UNSUPPORTED))
        .isNotEmpty()
        .allMatch(r -> r.reason().equals("the method guess is not known"));
    assertThat(unknown.stream().filter(r -> r.verdict() == Verdict.FAILED)).isEmpty();
  }

  @Test
  void whatIsNoFileOfCasesIsRefused() throws IOException {
    Path file = dir.resolve("a.json");
    Files.writeString(file, "{\"format\": \"other/1\"}");
    assertThatThrownBy(() -> GoldenCase.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": golden cases of the format explain-golden/1 are needed, got other/1");
    Files.writeString(file, "[1]");
    assertThatThrownBy(() -> GoldenCase.read(file)).hasMessageEndingWith("got no object");
    Files.writeString(file, "{\"format\": \"explain-golden/1\", \"model\": 3}");
    assertThatThrownBy(() -> GoldenCase.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(file + ": golden cases are needed that fit their format, got ");
  }
}
