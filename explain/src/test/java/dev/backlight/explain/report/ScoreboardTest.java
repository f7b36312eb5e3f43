package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScoreboardTest {
  private static final Scoreboard BOARD =
      Scoreboard.of(
              "Which?",
              Scoreboard.column("infidelity", false),
              Scoreboard.column("faithfulness-correlation", true))
          .row("saliency", Scoreboard.cell(3, 2, 4), Scoreboard.cell(.9, .85, .95))
          .row("occlusion", Scoreboard.cell(1, .5, 2), Scoreboard.cell(.88, .8, .92).tied(true))
          .failed("lrp-epsilon", "no rule for softmax")
          .row(
              "random", Scoreboard.cell(Double.NaN, 0, 0).note("0 of 5"), Scoreboard.cell(0, 0, 0));

  @Test
  void theBestOfAColumnIsBoldInItsOwnDirection() {
    assertThat(Drawing.of(BOARD).all("desc").getFirst().getTextContent())
        .isEqualTo(
            "4 methods judged by 2 metrics. Best of each metric: infidelity: occlusion with 1."
                + " faithfulness-correlation: saliency with 0.9.");
    assertThat(BOARD.svg())
        .contains("↓ lower", "↑ higher")
        .containsPattern("class=\"b\"[^>]*>0\\.9<")
        .containsPattern("class=\"b\"[^>]*>1<")
        .containsPattern("class=\"m\"[^>]*>3<");
  }

  @Test
  void everyCellSaysItsIntervalAndEveryFailureItsReason() {
    assertThat(BOARD.svg())
        .contains("infidelity: 3, from 2 to 4")
        .contains("faithfulness-correlation: 0.88, from 0.8 to 0.92")
        .contains("infidelity: no number, 0 of 5")
        .contains("no rule for softmax");
  }

  @Test
  void aNameIsCutWhereItDoesNotFitAndNothingOfItIsLost() {
    Scoreboard.Column[] columns = new Scoreboard.Column[8];
    Arrays.fill(columns, Scoreboard.column("model-randomisation", false));
    Scoreboard.Cell[] cells = new Scoreboard.Cell[8];
    Arrays.fill(cells, Scoreboard.cell(1, .5, 2));
    Drawing drawing = Drawing.of(Scoreboard.of("m", columns).row("lrp-epsilon-gamma-box", cells));
    assertThat(drawing.texts()).contains("model-", "randomisa-", "tion");
    Scoreboard few = Scoreboard.of("m", columns[0]).row("random", cells[0]);
    assertThat(Drawing.of(few).texts()).contains("model-", "randomisation");
  }

  @Test
  void aRowNeedsACellForEveryColumn() {
    assertThatThrownBy(() -> BOARD.row("more", Scoreboard.cell(1, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed 2 cells in a row, got 1");
  }
}
