package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/ops.md` shows what was asked of every op and function, and has no empty cell. It is
/// written anew with `-Dbacklight.docs=write`.
class OpsTableTest {
  @Test
  void thePageShowsWhatWasAskedOfEveryOp() throws Exception {
    OpsPage page = new OpsPage();
    String text = page.text();
    long lines = text.lines().filter(line -> line.startsWith("| `")).count();
    IO.println("docs/ops.md: " + lines + " ops and functions");
    page.problems.forEach(IO::println);
    Path file = ConventionRows.docs().resolve("ops.md");
    if ("write".equals(System.getProperty("backlight.docs"))) {
      Files.writeString(file, text);
    }
    assertThat(page.problems).isEmpty();
    assertThat(Files.readString(file)).isEqualTo(text);
  }
}
