package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.explain.report.NetworkDiagram.Layer;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkDiagramTest {

  private static NetworkDiagram of(double hidden, double output) {
    return NetworkDiagram.of(
            "n",
            Layer.of("hidden", "h", new double[] {0.5, 0.9}, new double[] {hidden, -0.1}),
            Layer.of("output", "y", new double[] {0.98}, new double[] {output}))
        .edges(new double[][] {{hidden}, {-0.1}})
        .unit("logit")
        .total("f(x) − f(baseline)", 0.9731);
  }

  @Test
  void printsTheSumOfEveryLayerAndWhatItShouldBe() {
    assertThat(Drawing.of(of(1.0731, 0.9731)).texts())
        .containsSubsequence(
            "hidden",
            "sum +0.9731",
            "= f(x) − f(baseline)",
            "output",
            "sum +0.9731",
            "= f(x) − f(baseline)");
  }

  @Test
  void saysByHowMuchALayerMissesTheTotal() {
    assertThat(Drawing.of(of(1.0731, 0.8)).texts())
        .containsSubsequence("sum +0.8", "≠ f(x) − f(baseline)", "off by −0.173");
  }

  @Test
  void nodesAndEdgesSayTheirNumbers() {
    assertThat(Drawing.of(of(1.0731, 0.9731)).tips())
        .contains("h1: activation 0.5, contribution +1.073 logit", "h2 → y1: −0.1 logit");
  }

  @Test
  void diagramsOnOneScaleHaveTheSameInkForTheSameContribution() {
    List<NetworkDiagram> both = NetworkDiagram.onOneScale(List.of(of(2, 1), of(0.5, 0.4)));
    String tip = "h2: activation 0.9, contribution −0.1 logit";
    assertThat(both)
        .extracting(d -> Drawing.ink(Drawing.of(d).saying(tip)))
        .containsExactly(0.05, 0.05);
    assertThat(both)
        .allMatch(d -> Drawing.of(d).texts().contains("an edge this wide carries 2 logit"));
  }

  @Test
  void aWideLayerShowsItsLargestNodesAndSumsAll() {
    double[] ones = new double[40];
    java.util.Arrays.fill(ones, 0.5);
    assertThat(Drawing.of(NetworkDiagram.of("n", Layer.of("wide", "w", ones, ones))).texts())
        .contains("and 30 smaller", "sum +20");
  }

  @Test
  void wrongSizesAreNamed() {
    assertThatThrownBy(() -> of(1, 1).edges(new double[][] {{1}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed edges between 2 layers at most 1 times, got one more");
    assertThatThrownBy(() -> Layer.of("l", "n", new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("needed 2 contributions, got 3");
  }
}
