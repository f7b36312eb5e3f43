package dev.backlight.explain.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/metrics.md` has a row for every metric, with what its oracle gave. It is written anew with
/// `-Dbacklight.docs=write`; what its programs print is DocsTest's affair.
class MetricsTableTest {
  private static final Pattern OUTPUT = Pattern.compile("```text\n.*?```", Pattern.DOTALL);

  @Test
  void thePageShowsWhatTheOraclesGave() throws Exception {
    Path file = docs().resolve("metrics.md");
    String text = new MetricsPage(Oracles.all(), OraclesTest.entries()).text();
    String before = Files.exists(file) ? Files.readString(file) : "";
    if ("write".equals(System.getProperty("backlight.docs"))) {
      var outputs = OUTPUT.matcher(before);
      Files.writeString(
          file,
          OUTPUT
              .matcher(text)
              .replaceAll(empty ->
                  Matcher.quoteReplacement(outputs.find() ? outputs.group() : empty.group())));
      before = Files.readString(file);
    }
    assertThat(withoutOutputs(before)).isEqualTo(withoutOutputs(text));
  }

  private static String withoutOutputs(String page) {
    return OUTPUT.matcher(page).replaceAll("```text\n```");
  }

  private static Path docs() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/methods.md"))) {
      folder = Objects.requireNonNull(folder.getParent());
    }
    return folder.resolve("docs");
  }
}
