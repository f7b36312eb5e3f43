package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ComparisonTest {

  private final Comparison comparison =
      Comparison.of(
              "c",
              Comparison.column("saliency", "logit per level"),
              Comparison.column("IG", "logit"),
              Comparison.column("LRP", "logit"))
          .row(Comparison.row("a").map(of(100)).map(of(4)).map(of(1)))
          .row(Comparison.row("b").note("says 3, is 8").map(of(50)).map(of(-2)).map(of(0)));

  private static double[][] of(double value) {
    return new double[][] {{value}};
  }

  @Test
  void columnsOfOneUnitShareOneScaleOverAllRows() {
    Drawing drawing = Drawing.of(comparison);
    assertThat(Drawing.ink(drawing.saying("a, IG", "row 0, column 0: +4 logit"))).isEqualTo(1);
    assertThat(Drawing.ink(drawing.saying("a, LRP", "row 0, column 0: +1 logit"))).isEqualTo(0.25);
    assertThat(Drawing.ink(drawing.saying("b, IG", "row 0, column 0: −2 logit"))).isEqualTo(0.5);
    assertThat(Drawing.ink(drawing.saying("b, LRP", "row 0, column 0: 0 logit"))).isZero();
  }

  @Test
  void eachUnitHasOneLegendThatNamesItsColumns() {
    assertThat(Drawing.of(comparison).texts())
        .containsOnlyOnce("from +50 to +100")
        .containsOnlyOnce("from −2 to +4")
        .contains("IG, LRP", "says 3, is 8");
  }

  @Test
  void anotherUnitHasItsOwnScale() {
    assertThat(
            Drawing.ink(
                Drawing.of(comparison)
                    .saying("b, saliency", "row 0, column 0: +50 logit per level")))
        .isEqualTo(0.5);
  }

  @Test
  void aRowNeedsAMapForEveryColumn() {
    assertThatThrownBy(() -> comparison.row(Comparison.row("c").map(of(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed one map for each of the 3 columns, got 1 in row c");
  }
}
