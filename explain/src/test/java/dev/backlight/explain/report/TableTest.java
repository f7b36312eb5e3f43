package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.explain.report.Table.Column;
import org.junit.jupiter.api.Test;

class TableTest {

  private final Table table =
      Table.of("t", Column.text("Method"), Column.number("Area", 2).lowestIsBest());

  @Test
  void theBestNumberOfAColumnIsBoldAndDecimalsAreInLine() {
    assertThat(table.row("IG", 0.2).row("LRP", 0.35).row("none", Double.NaN).html())
        .contains("<td>IG</td><td class=\"number best\">0.20</td>")
        .contains("<td>LRP</td><td class=\"number\">0.35</td>")
        .contains("<td>none</td><td class=\"number\">not a number</td>");
  }

  @Test
  void cellsAreEscaped() {
    assertThat(table.row("<img src=x>", "a & b").html())
        .contains("<td>&lt;img src=x&gt;</td><td class=\"number\">a &amp; b</td>");
  }

  @Test
  void aRowNeedsACellForEveryColumn() {
    assertThatThrownBy(() -> table.row("IG"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed 2 cells in a row, got 1");
  }
}
