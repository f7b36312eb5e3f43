package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CurvesTest {

  private static final double[] X = {0, 0.5, 1};

  @Test
  void areasStandBesideTheNames() {
    Curves curves =
        Curves.of("c", "removed", "p")
            .line("IG", X, new double[] {1, 0.5, 0})
            .baseline("random", X, new double[] {1, 1, 1})
            .areas();
    assertThat(Drawing.of(curves).texts()).contains("IG  0.5", "random  1", "removed", "p");
  }

  @Test
  void theBaselineIsDashedAndTakesNoColour() {
    Curves curves = Curves.of("c", "", "").baseline("random", X, X).line("IG", X, X);
    assertThat(Drawing.of(curves).all("path"))
        .extracting(p -> p.getAttribute("class"))
        .containsExactly("curve cx dash", "curve c0");
  }

  @Test
  void aLineHasAGapWhereItsValueIsNotFinite() {
    Curves curves =
        Curves.of("c", "", "")
            .line("a", new double[] {0, 1, 2, 3}, new double[] {0, Double.NaN, 2, 3});
    assertThat(Drawing.of(curves).all("path").getFirst().getAttribute("d"))
        .matches("M[^ML]*M[^ML]*L[^ML]*");
  }

  @Test
  void namesDoNotLieOnEachOther() {
    Curves curves = Curves.of("c", "", "").line("a", X, X).line("b", X, X).line("c", X, X);
    List<Double> heights =
        Drawing.of(curves).all("text").stream()
            .filter(t -> t.getAttribute("class").startsWith("f"))
            .map(t -> Double.parseDouble(t.getAttribute("y")))
            .sorted()
            .toList();
    assertThat(heights.get(1) - heights.get(0)).isGreaterThanOrEqualTo(15);
    assertThat(heights.get(2) - heights.get(1)).isGreaterThanOrEqualTo(15);
  }

  @Test
  void equalFactorsAreEqualLengthsOnLogarithmicAxes() {
    double[] powers = {1, 10, 100};
    Curves curves = Curves.of("c", "n", "µs").line("a", powers, powers).logarithmic();
    assertThat(Drawing.of(curves).texts()).contains("1", "10", "100").doesNotContain("20", "50");
    assertThat(Drawing.of(curves).all("circle"))
        .extracting(c -> Double.parseDouble(c.getAttribute("cy")))
        .satisfies(at -> assertThat(at.get(0) - at.get(1)).isEqualTo(at.get(1) - at.get(2)));
  }

  @Test
  void whatIsNotPositiveHasNoPlaceOnALogarithmicAxis() {
    Curves curves =
        Curves.of("c", "", "")
            .line("a", new double[] {1, 2, 3, 4}, new double[] {5, 0, 7, 8})
            .logarithmic();
    assertThat(Drawing.of(curves).all("path").getFirst().getAttribute("d"))
        .matches("M[^ML]*M[^ML]*L[^ML]*");
  }
}
