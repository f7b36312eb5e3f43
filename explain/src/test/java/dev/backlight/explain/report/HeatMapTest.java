package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeatMapTest {

  private final HeatMap map =
      HeatMap.of("m", new double[][] {{0, -0.25}, {0.5, 1.75}}).unit("logit");

  @Test
  void zeroHasTheColourOfThePage() {
    assertThat(Drawing.ink(Drawing.of(map).saying("row 0, column 0: 0 logit"))).isZero();
  }

  @Test
  void inkIsProportionalToMagnitudeOnOneScaleForBothSigns() {
    Drawing drawing = Drawing.of(map);
    var less = drawing.saying("row 0, column 1: −0.25 logit");
    var more = drawing.saying("row 1, column 0: +0.5 logit");
    assertThat(Drawing.ink(drawing.saying("row 1, column 1: +1.75 logit"))).isEqualTo(1);
    assertThat(Drawing.ink(more)).isEqualTo(0.286);
    assertThat(Drawing.ink(less)).isEqualTo(0.143);
    assertThat(less.getAttribute("class")).isEqualTo("neg");
    assertThat(more.getAttribute("class")).isEqualTo("pos");
  }

  @Test
  void theLegendSaysTheTrueExtremesInTheUnitOfTheModel() {
    assertThat(Drawing.of(map).texts())
        .contains("logit", "−1.75", "0", "1.75", "from −0.25 to +1.75");
  }

  @Test
  void theLegendOfUnsignedValuesBeginsAtZero() {
    assertThat(Drawing.of(HeatMap.of("m", new double[][] {{2, 3}})).texts())
        .contains("0", "3")
        .doesNotContain("−3");
    assertThat(Drawing.of(HeatMap.of("m", new double[][] {{2, 3}}).bothSides()).texts())
        .contains("−3", "0", "3");
  }

  @Test
  void aGivenReachIsTheFullInkAndTheLegendSaysThatDataGoBeyond() {
    Drawing drawing = Drawing.of(map.reach(1));
    assertThat(drawing.texts()).contains("−1", "≥ 1", "from −0.25 to +1.75");
    assertThat(Drawing.ink(drawing.saying("row 1, column 0: +0.5 logit"))).isEqualTo(0.5);
  }

  @Test
  void aValueThatIsNotANumberIsHatchedAndSaysSo() {
    Drawing drawing = Drawing.of(HeatMap.of("m", new double[][] {{Double.NaN, 1}}).unit("logit"));
    assertThat(
            drawing
                .saying("row 0, column 0: not a number")
                .getElementsByTagName("path")
                .getLength())
        .isOne();
  }

  @Test
  void labelsTakeThePlaceOfRowAndColumnNumbers() {
    HeatMap named = map.labels(List.of("age", "weight"), List.of("age", "weight"));
    assertThat(Drawing.of(named).tips()).contains("weight, age: +0.5 logit");
  }

  @Test
  void wrongSizesAreNamed() {
    assertThatThrownBy(() -> map.labels(List.of("a"), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed 2 row labels, got 1");
    assertThatThrownBy(() -> HeatMap.of("", new double[][] {{1, 2}, {3}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed rows of equal length, got 2 numbers in row 0 and 1 in row 1");
    assertThatThrownBy(() -> map.reach(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed a reach above 0, got NaN");
  }
}
