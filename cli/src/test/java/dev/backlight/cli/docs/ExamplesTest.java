package dev.backlight.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The programs of `examples` compile, and their headers say how they are run and what they reach.
///
/// With `-Dbacklight.examples=run` each is run, as its header says, and has to end with the line
/// that the header quotes: a minute or three.
class ExamplesTest {
  private static final Pattern SAYS =
      Pattern.compile("^/// After [0-9]+ s on two cores it says: `([^`]+)`$", Pattern.MULTILINE);

  private static Map<String, String> examples() throws IOException {
    Map<String, String> examples = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(Pages.top().resolve("examples"))) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".java")) {
          examples.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
        }
      }
    }
    return examples;
  }

  @Test
  void everyExampleCompiles(@TempDir Path classes) throws IOException {
    assertThat(examples()).isNotEmpty();
    Programs.compile(examples(), classes);
  }

  @Test
  void everyHeaderSaysHowItIsRunAndWhatItReaches() throws IOException {
    examples()
        .forEach((name, source) -> {
          assertThat(source).as(name).startsWith("/// ").containsPattern(SAYS);
          String command = "--add-modules jdk.incubator.vector -cp 'cli/target/lib/*'";
          assertThat(source).contains("///     java " + command + " examples/" + name + ".java\n");
        });
  }

  @Test
  void thePageOnModelsNamesEveryExampleWithWhatItReaches() throws IOException {
    String page = Files.readString(Pages.top().resolve("docs/models.md"));
    examples()
        .forEach((name, source) ->
            assertThat(page)
                .contains(
                    "[`" + name + "`](../examples/" + name + ".java) | " + said(source) + " |"));
  }

  @TestFactory
  Stream<DynamicTest> everyExampleReachesWhatItsHeaderSays() throws IOException {
    assumeTrue("run".equals(System.getProperty("backlight.examples")), "slow: asked for by name");
    return examples().entrySet().stream()
        .map(example ->
            DynamicTest.dynamicTest(
                example.getKey(),
                () -> assertThat(lastLine(example.getKey())).isEqualTo(said(example.getValue()))));
  }

  private static String said(String source) {
    Matcher says = SAYS.matcher(source);
    assertThat(says.find()).isTrue();
    return says.group(1);
  }

  private static String lastLine(String name) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "examples/" + name + ".java")
            .directory(Pages.top().toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    List<String> lines = printed.lines().filter(line -> !line.isBlank()).toList();
    return lines.getLast();
  }
}
