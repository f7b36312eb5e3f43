package dev.backlight.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Backend;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Explainers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void versionIsThatOfTheBuild() {
    Ran ran = Ran.of("--version");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).matches("backlight \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\R");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void withoutACommandTheUsageIsShown() {
    Ran ran = Ran.of();
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo(Ran.of("--help").out()).contains("Commands:", "Examples:");
  }

  @Test
  void usageIsPlainTextOffATerminal() {
    assertThat(Ran.of("--help").out()).doesNotContain("\u001b");
  }

  @Test
  void infoTellsTheJavaAndTheLanes() {
    Ran ran = Ran.of("info");
    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains(System.getProperty("java.version"))
        .contains("threads     " + Runtime.getRuntime().availableProcessors())
        .contains("fallback    " + (Backend.current().isVector() ? "no" : "yes"));
  }

  @Test
  void methodsListsEveryExplainerByTheNameThatOptionsUse() {
    Ran ran = Ran.of("methods");
    assertThat(ran.code()).isZero();
    for (Method method : Method.values()) {
      assertThat(ran.out()).contains(method.id).contains(method.title).contains(method.paper);
    }
    assertThat(Explainers.all())
        .allSatisfy(entry ->
            assertThat(Method.named(entry.name()).explainer())
                .isEqualTo(entry.with(Baseline.zeros())));
  }

  @Test
  void anUnknownCommandIsOneLineAndExitCodeTwo() {
    Ran ran = Ran.of("dmeo");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualToIgnoringNewLines(
            "backlight: Unmatched argument at index 0: 'dmeo'; see 'backlight --help'");
  }

  @Test
  void anUnknownOptionNamesTheHelpOfItsCommand() {
    Ran ran = Ran.of("info", "--verbose");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .isEqualToIgnoringNewLines(
            "backlight: Unknown option: '--verbose'; see 'backlight info --help'");
  }

  @Test
  void aBugOfOursAsksForAReport() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.failed(new PrintStream(err, true, UTF_8), new IllegalStateException("two\nlines"));
    assertThat(code).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .isEqualToIgnoringNewLines(
            "backlight: a bug of ours, please report it with the output of BACKLIGHT_TRACE=1:"
                + " IllegalStateException: two lines");
  }

  @Test
  void everyCommandHasAUsagePageWithExamples() {
    for (String command :
        List.of("demo", "train", "explain", "inspect", "run", "check-onnx", "methods", "info")) {
      Ran ran = Ran.of(command, "--help");
      assertThat(ran.code()).isZero();
      assertThat(ran.out())
          .startsWith("Usage: backlight " + command)
          .contains("Examples:", "  backlight " + command);
      assertThat(ran.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(97));
    }
  }
}
