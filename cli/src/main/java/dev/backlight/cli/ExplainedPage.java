package dev.backlight.cli;

import dev.backlight.explain.report.BarRanking;
import dev.backlight.explain.report.Beeswarm;
import dev.backlight.explain.report.Figure;
import dev.backlight.explain.report.Report;
import dev.backlight.explain.report.Report.Tile;
import dev.backlight.explain.report.Table;
import dev.backlight.explain.report.Table.Column;
import dev.backlight.explain.report.Waterfall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The page about explained rows of a table.
final class ExplainedPage {
  private static final int DRAWN_ROWS = 6;
  private static final int LISTED_ROWS = 200;

  private final Explained explained;
  private final double[][] scores;
  private final String[] features;

  private ExplainedPage(Explained explained) {
    this.explained = explained;
    scores = explained.scores();
    features = explained.features().toArray(String[]::new);
  }

  static Report of(Explained explained) {
    return new ExplainedPage(explained).page();
  }

  private Report page() {
    Method method = explained.method();
    Report report =
        Report.titled(title())
            .subtitle(
                "A trained network's answers to %s of %s, explained by %s."
                    .formatted(
                        Words.count(explained.rows(), "row"), explained.data(), method.title))
            .tiles(tiles());
    report = overview(report.section("What mattered"));
    report = rows(report.section("Row by row"));
    return report
        .section("How to read this")
        .text(
            "**"
                + Words.capital(method.title)
                + "** ("
                + method.paper
                + "): "
                + method.idea
                + ". Does it add up? "
                + Words.capital(method.completeness)
                + ".")
        .text(
            "The **baseline** is "
                + (explained.baseline().equals("mean")
                    ? "the mean of the rows that the model was trained on"
                    : "a row of zeros")
                + ": a contribution says what the difference from it did, so another baseline asks"
                + " another question. An explanation describes the *model*; that a feature moved an"
                + " answer does not say that changing it would move the world.");
  }

  private String title() {
    String column = explained.column();
    return column.isEmpty() ? "Why these answers?" : "Why this " + column + "?";
  }

  private Tile[] tiles() {
    List<Tile> tiles = new ArrayList<>();
    tiles.add(Tile.of(String.valueOf(explained.rows()), "rows explained"));
    Integer right = explained.right();
    if (right != null) {
      tiles.add(
          Tile.of(
              Words.percent(right, explained.rows()),
              "accuracy on these rows",
              right + " of " + explained.rows()));
    }
    if (explained.method().measuresShares()) {
      tiles.add(
          Tile.of(
              Words.magnitude(explained.largestResidual()) + " logit",
              "largest residual",
              "what contributions leave unexplained"));
    }
    return tiles.toArray(Tile[]::new);
  }

  @SuppressWarnings("ReferenceEquality") // the same array when no class was asked for
  private Report overview(Report report) {
    String whose =
        Arrays.equals(explained.targets(), explained.predicted())
            ? "the logit of the class that was predicted for the row"
            : "the logit of class *" + explained.targetClass(0) + "*";
    if (explained.rows() > 1) {
      report =
          report.figure(
              Beeswarm.of(
                      Words.capital(Words.count(explained.rows(), "row")) + ", every feature",
                      features,
                      scores,
                      explained.values())
                  .unit(explained.unit())
                  .caption(
                      "Every dot is one row. Its place says what the feature contributed to "
                          + whose
                          + ", its colour the feature's value."));
    }
    double[] mean = new double[features.length];
    for (double[] row : scores) {
      for (int j = 0; j < row.length; j++) {
        mean[j] += Math.abs(row[j]) / scores.length;
      }
    }
    String amount =
        explained.method().measuresShares() ? "mean |contribution|, " : "mean |slope|, ";
    return report.figure(
        BarRanking.magnitudes("Ranking of the features", features, mean)
            .unit(amount + explained.unit())
            .caption("How far each feature moved " + whose + ", either way, on average."));
  }

  private Report rows(Report report) {
    List<Figure> figures = new ArrayList<>();
    for (int row = 0; row < Math.min(DRAWN_ROWS, explained.rows()); row++) {
      figures.add(figure(row));
    }
    for (int i = 0; i < figures.size(); i += 2) {
      report = report.figures(figures.subList(i, Math.min(i + 2, figures.size())));
    }
    int[] labels = explained.labels();
    List<Column> columns =
        new ArrayList<>(List.of(Column.number("row", 0), Column.text("predicted")));
    if (labels != null) {
      columns.add(Column.text("truth"));
    }
    columns.addAll(
        List.of(
            Column.text("explained"),
            Column.number("f(x)", 3),
            Column.number("f(baseline)", 3),
            Column.magnitude("residual")));
    int listed = Math.min(LISTED_ROWS, explained.rows());
    Table table =
        Table.of(
            listed < explained.rows() ? "The first %d rows".formatted(listed) : "All rows",
            columns.toArray(Column[]::new));
    for (int row = 0; row < listed; row++) {
      List<Object> cells = new ArrayList<>(List.of(row + 1, explained.predictedClass(row)));
      if (labels != null) {
        cells.add(explained.model().classes().get(labels[row]));
      }
      cells.addAll(
          List.of(
              explained.targetClass(row),
              explained.output(row),
              explained.start(row),
              explained.residual(row)));
      table = table.row(cells.toArray());
    }
    return report.table(
        table.caption("f is the logit of the class in column *explained*. Rows count from 1."));
  }

  private Figure figure(int row) {
    String title = "Row %d: %s".formatted(row + 1, explained.predictedClass(row));
    if (!explained.method().measuresShares()) {
      return BarRanking.signed(title, features, scores[row]).unit(explained.unit());
    }
    String[] values = new String[features.length];
    for (int j = 0; j < values.length; j++) {
      values[j] = Words.value(explained.x().at(row, j));
    }
    return Waterfall.of(
            title, features, values, scores[row], explained.start(row), explained.output(row))
        .unit(explained.unit())
        .caption(
            String.format(
                Locale.ROOT,
                "The logit of class *%s*. Residual %s.",
                explained.targetClass(row),
                Words.magnitude(explained.residual(row))));
  }
}
