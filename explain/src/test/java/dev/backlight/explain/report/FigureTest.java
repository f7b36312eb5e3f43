package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.backlight.explain.report.NetworkDiagram.Layer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for figures of every kind.
class FigureTest {

  static final String HOSTILE = "</title><script>alert(\"1\")</script> & 'q' \u0000\uD800 ñ 日本 😀";

  static List<Figure> samples() {
    return Samples.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isAWellFormedDocumentThatSaysWhatItIs(Figure figure) {
    Drawing drawing = Drawing.of(figure);
    assertThat(drawing.document().getDocumentElement().getAttribute("viewBox")).startsWith("0 0 ");
    assertThat(drawing.all("title").getFirst().getTextContent()).isEqualTo(figure.title());
    assertThat(drawing.all("desc").getFirst().getTextContent()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void carriesBothThemesAsPlainColours(Figure figure) {
    assertThat(figure.svg())
        .contains("@media (prefers-color-scheme:dark)")
        .contains(".bl .pos{fill:#b94e00}")
        .contains(".bl .pos{fill:#ff9e4f}")
        .doesNotContain("var(--");
  }

  @ParameterizedTest
  @MethodSource("samples")
  void sameDataGiveTheSameBytesInEveryLocale(Figure figure) {
    Locale before = Locale.getDefault();
    String svg = figure.svg();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(figure.svg()).isEqualTo(svg);
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void drawsNoCoordinateThatIsNotANumber(Figure figure) {
    String shapes = figure.svg().replaceAll("<title>[^<]*</title>|>[^<]*<", "");
    assertThat(shapes)
        .doesNotContain("NaN")
        .doesNotContain("Infinity")
        .doesNotContainPattern("=\"-?\\d+[eE]");
  }

  static List<Figure> hostile() {
    String[] names = {HOSTILE, "b"};
    double[] numbers = {1, -2};
    double[][] square = {{1, -2}, {Double.NaN, 4}};
    return List.of(
        HeatMap.of(HOSTILE, square)
            .unit(HOSTILE)
            .labels(List.of(names), List.of(names))
            .caption(HOSTILE),
        Comparison.of(HOSTILE, Comparison.column(HOSTILE, HOSTILE))
            .row(Comparison.row(HOSTILE).note(HOSTILE).input(square).map(square, HOSTILE)),
        Waterfall.of(HOSTILE, names, names, numbers, 0, -1).unit(HOSTILE).ends(HOSTILE, HOSTILE),
        Beeswarm.of(HOSTILE, names, square, square).unit(HOSTILE),
        BarRanking.signed(HOSTILE, names, numbers).unit(HOSTILE),
        NetworkDiagram.of(
                HOSTILE,
                Layer.of(HOSTILE, HOSTILE, numbers, numbers),
                Layer.of("o", "o", numbers, numbers))
            .edges(square)
            .unit(HOSTILE)
            .total(HOSTILE, 5),
        Curves.of(HOSTILE, HOSTILE, HOSTILE)
            .line(HOSTILE, numbers, numbers)
            .baseline(HOSTILE, numbers, numbers),
        ConfusionMatrix.of(HOSTILE, names, new int[][] {{1, 2}, {3, 4}}),
        Scoreboard.of(HOSTILE, Scoreboard.column(HOSTILE, true))
            .row(HOSTILE, Scoreboard.cell(1, 0, 2).note(HOSTILE))
            .failed(HOSTILE, HOSTILE));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void escapesWhateverTheDataSay(Figure figure) {
    assertThat(figure.svg()).doesNotContain("<script");
    assertThat(Drawing.of(figure).all("title").getFirst().getTextContent())
        .isEqualTo("</title><script>alert(\"1\")</script> & 'q' \uFFFD\uFFFD ñ 日本 😀");
  }

  static List<Figure> bare() {
    String[] none = {};
    double[] nan = {Double.NaN};
    double[][] all = {{Double.NaN}};
    String[] one = {"a"};
    return List.of(
        HeatMap.of("", new double[0][0]),
        HeatMap.of("", new double[][] {{}}),
        HeatMap.of("", all),
        HeatMap.of("", new double[][] {{0}}),
        HeatMap.of("", new double[][] {{Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE}}),
        HeatMap.of("", new double[][] {{Double.NEGATIVE_INFINITY, 1e-300}}),
        Comparison.of(""),
        Comparison.of("", Comparison.column("", "")),
        Comparison.of("", Comparison.column("", "")).row(Comparison.row("").map(all)),
        Comparison.of("", Comparison.column("", "")).row(Comparison.row("").map(new double[0][0])),
        Waterfall.of("", none, none, new double[0], 0, 0),
        Waterfall.of("", one, none, nan, 0, 1),
        Waterfall.of("", one, none, new double[] {1}, Double.NaN, Double.POSITIVE_INFINITY),
        Waterfall.of("", one, none, new double[] {1e308}, -1e308, 1e308),
        Beeswarm.of("", none, new double[0][0], new double[0][0]),
        Beeswarm.of("", one, all, all),
        Beeswarm.of("", one, new double[][] {{3}}, all),
        BarRanking.magnitudes("", none, new double[0]),
        BarRanking.signed("", one, nan),
        BarRanking.magnitudes("", one, new double[] {0}),
        NetworkDiagram.of("", List.of()),
        NetworkDiagram.of("", Layer.of("", "", nan, nan)),
        Curves.of("", "", ""),
        Curves.of("", "", "").line("", nan, nan),
        Curves.of("", "", "").line("", new double[] {1}, new double[] {1}).areas(),
        ConfusionMatrix.of("", none, new int[0][0]),
        ConfusionMatrix.of("", one, new int[][] {{0}}),
        Scoreboard.of(""),
        Scoreboard.of("", Scoreboard.column("", true)).failed("", ""),
        Scoreboard.of("", Scoreboard.column("", false))
            .row("", Scoreboard.cell(Double.NaN, Double.NaN, Double.NaN)),
        Scoreboard.of("", Scoreboard.column("", false))
            .row("", Scoreboard.cell(1e308, -1e308, Double.POSITIVE_INFINITY)));
  }

  @ParameterizedTest
  @MethodSource("bare")
  void staysWellFormedWithNothingOneThingOrNoNumber(Figure figure) {
    assertThatNoException().isThrownBy(() -> Drawing.of(figure));
    drawsNoCoordinateThatIsNotANumber(figure);
  }

  @Test
  void callersCannotChangeAFigureThroughTheirArrays() {
    double[][] values = {{1, 2}};
    HeatMap map = HeatMap.of("", values);
    String before = map.svg();
    values[0][0] = 9;
    assertThat(map.svg()).isEqualTo(before);
  }
}
