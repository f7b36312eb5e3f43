package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WaterfallTest {

  private static final String[] NAMES = {"age", "bmi", "dose", "sex"};
  private static final String[] VALUES = {"61", "22.4", "0", "f"};

  private static Waterfall of(double end, double... contributions) {
    return Waterfall.of("w", NAMES, VALUES, contributions, 1, end).unit("logit");
  }

  @Test
  void stepsComeLargestFirstBetweenTheirEnds() {
    assertThat(Drawing.of(of(2.1, 0.5, -0.2, 0.9, -0.1)).tips())
        .containsExactly(
            "f(baseline) = 1 logit",
            "dose = 0: +0.9 logit",
            "age = 61: +0.5 logit",
            "bmi = 22.4: −0.2 logit",
            "sex = f: −0.1 logit",
            "f(x) = 2.1 logit");
  }

  @Test
  void smallStepsAreSummedUp() {
    assertThat(Drawing.of(of(2.1, 0.5, -0.2, 0.9, -0.1).top(2)).tips())
        .contains("2 other features: −0.3 logit")
        .doesNotContain("sex = f: −0.1 logit");
  }

  @Test
  void whatIsNotExplainedIsAStepOfItsOwn() {
    assertThat(Drawing.of(of(2.5, 0.5, -0.2, 0.9, -0.1)).tips())
        .contains("not explained: +0.4 logit");
    assertThat(Drawing.of(of(2.1, 0.5, -0.2, 0.9, -0.1)).texts()).doesNotContain("not explained");
  }

  @Test
  void aContributionThatIsNotANumberIsDrawnLastAndHatched() {
    var drawing = Drawing.of(of(2.3, 0.5, -0.2, Double.NaN, 1));
    assertThat(drawing.saying("dose = 0: not a number").getElementsByTagName("path").getLength())
        .isOne();
  }

  @Test
  void wrongSizesAreNamed() {
    assertThatThrownBy(() -> of(1, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed 4 contributions, got 2");
    assertThatThrownBy(() -> of(1, 0, 0, 0, 0).top(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed at least 1 of the features, got 0");
  }
}
