package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  @TempDir Path folder;

  private final Report report =
      Report.titled("A <b> & \"c\"")
          .subtitle("*all* of it")
          .section("One")
          .text("It is **so**, `f(x) < 1`: <i>.");

  @Test
  void wordsAreEscapedAndLightlyMarked() {
    assertThat(report.html())
        .contains("<title>A &lt;b&gt; &amp; &quot;c&quot;</title>")
        .contains("<p class=\"subtitle\"><em>all</em> of it</p>")
        .contains("<p>It is <strong>so</strong>, <code>f(x) &lt; 1</code>: &lt;i&gt;.</p>")
        .contains("<a href=\"#s1\">One</a>");
  }

  @Test
  void aLoneStarIsAStar() {
    assertThat(Inline.html("2 * 3 * 4 and x*y")).isEqualTo("2 * 3 * 4 and x*y");
  }

  @Test
  void thePageAsksForNothingOutsideItself() {
    String html = ReportSampleMain.page().html();
    assertThat(html).contains("default-src 'none'");
    assertThat(html.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("@import")
        .doesNotContain("src=");
  }

  @Test
  void thePageHasTheStyleOfFiguresOnceForAll() {
    String html = report.figure(Samples.waterfall()).figure(Samples.signed()).html();
    assertThat(html.split("prefers-color-scheme:dark\\)\\{", -1)).hasSize(2);
    assertThat(html.split("Save as SVG</button>", -1)).hasSize(3);
  }

  @Test
  void figuresOfHalfAPageMayShrink() {
    HeatMap small = HeatMap.of("m", new double[][] {{1, 2}});
    Scoreboard.Column[] columns = new Scoreboard.Column[8];
    Arrays.fill(columns, Scoreboard.column("deletion", false));
    Scoreboard.Cell[] cells = new Scoreboard.Cell[8];
    Arrays.fill(cells, Scoreboard.cell(1, .5, 2));
    assertThat(report.figure(small).html()).contains("<div class=\"scroll drawing half\"");
    assertThat(report.figure(Scoreboard.of("wide", columns).row("random", cells)).html())
        .doesNotContain("drawing half");
  }

  @Test
  void aLongerReportLeavesTheShorterOneAsItWas() {
    String before = report.html();
    report.text("more").tiles(Report.Tile.of("97.8 %", "held out"));
    assertThat(report.html()).isEqualTo(before);
  }

  @Test
  void thePageIsWrittenInPlaceOfTheOldOneAndNothingElseIsLeft() throws IOException {
    Path file = Files.writeString(folder.resolve("r.html"), "old");
    report.writeTo(file);
    assertThat(file).hasContent(report.html());
    assertThat(folder)
        .isDirectoryContaining("glob:**r.html")
        .isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
    Path nowhere = folder.resolve("missing");
    assertThatThrownBy(() -> report.writeTo(nowhere.resolve("r.html")))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write %s/r.html: no such directory %s".formatted(nowhere, nowhere));
    assertThatThrownBy(() -> report.writeTo(folder))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write %s: it is a directory".formatted(folder));
    Path file = Files.writeString(folder.resolve("file"), "kept");
    assertThatThrownBy(() -> report.writeTo(file.resolve("r.html")))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write %s/r.html: %s is not a directory".formatted(file, file));
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThat(file).hasContent("kept");
  }
}
