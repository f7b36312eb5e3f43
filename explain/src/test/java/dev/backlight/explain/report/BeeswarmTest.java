package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class BeeswarmTest {

  @Test
  void fiveHundredPatientsAndFifteenFeaturesStayUnder600Kilobytes() {
    assertThat(Samples.beeswarm(500).svg().length()).isBetween(100_000, 600_000);
  }

  @Test
  void everyDotIsThereAndSaysValueAndContribution() {
    double[][] contributions = {{0.5, -2}, {-0.25, 1}, {0.1, Double.NaN}};
    double[][] values = {{10, 3}, {20, Double.NaN}, {30, 5}};
    Drawing drawing =
        Drawing.of(Beeswarm.of("b", new String[] {"age", "dose"}, contributions, values));
    assertThat(drawing.tips())
        .containsExactlyInAnyOrder(
            "10 → +0.5", "20 → −0.25", "30 → +0.1", "3 → −2", "missing → +1");
    assertThat(drawing.texts()).contains("1 not a number", "1.5", "0.283");
    assertThat(((Element) drawing.saying("missing → +1").getParentNode()).getAttribute("class"))
        .isEqualTo("qx");
  }

  @Test
  void rowsAreOrderedByMeanMagnitude() {
    double[][] contributions = {{0.5, -2, 1}, {-0.5, 2, 1}};
    Drawing drawing =
        Drawing.of(
            Beeswarm.of("b", new String[] {"low", "high", "middle"}, contributions, contributions));
    assertThat(drawing.texts()).containsSubsequence("high", "middle", "low");
  }

  @Test
  void dotsTouchOnlyWhereTheRowIsFull() {
    Random random = new Random(1);
    double[] xs = random.doubles(120, 0, 400).toArray();
    double[] ys = Swarm.of(xs, 4, 18);
    for (int i = 0; i < xs.length; i++) {
      assertThat(ys[i]).isBetween(-18.0, 18.0);
      for (int j = 0; j < i; j++) {
        assertThat(Math.hypot(xs[i] - xs[j], ys[i] - ys[j])).isGreaterThan(3.6);
      }
    }
  }

  @Test
  void aFullRowIsStackedWithinItsRoom() {
    double[] ys = Swarm.of(new double[1000], 4, 18);
    assertThat(Range.of(Arrays.stream(ys)).reach()).isEqualTo(18);
  }
}
