package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Backend;
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
}
