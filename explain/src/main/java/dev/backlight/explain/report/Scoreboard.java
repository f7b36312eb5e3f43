package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Methods judged by metrics: a row for every method, a column for every metric, in every cell a
/// mean with its interval on the column's own axis.
///
/// The best of a column is orange and bold. What is not worse for sure keeps a full dot, the others
/// have an open one. An arrow says which way is better. A method that failed keeps its row, with
/// the reason.
///
/// ```java
/// Scoreboard.of(
///         "Which explanation?",
///         Scoreboard.column("infidelity", false),
///         Scoreboard.column("sparseness", true))
///     .row("saliency", Scoreboard.cell(1.2, 1.1, 1.4), Scoreboard.cell(0.4, 0.3, 0.5))
///     .failed("lrp-epsilon", "no rule for softmax at Model.java:41");
/// ```
public final class Scoreboard implements Figure {
  private static final double ROW = 38;
  private static final double LEAST = 100;

  private final Heading heading;
  private final List<Column> columns;
  private final List<Row> rows;

  private Scoreboard(Heading heading, List<Column> columns, List<Row> rows) {
    this.heading = heading;
    this.columns = columns;
    this.rows = rows;
  }

  /// A metric: its name, and which way is better.
  public record Column(String label, boolean higherIsBetter) {}

  /// A mean with its interval.
  ///
  /// @param mean where the dot is; `NaN` if there is none
  /// @param low the lower end of the interval
  /// @param high the upper end
  /// @param notWorse whether it is not worse than the best for sure
  /// @param words what else is to be said, such as how many examples have a number
  public record Cell(double mean, double low, double high, boolean notWorse, String words) {
    /// With words, which are the hover text of a cell without a number.
    public Cell note(String text) {
      return new Cell(mean, low, high, notWorse, text);
    }

    /// Whether it is not worse than the best for sure.
    public Cell tied(boolean with) {
      return new Cell(mean, low, high, with, words);
    }
  }

  private record Row(String label, List<Cell> cells, String failure) {}

  /// A column for a metric.
  public static Column column(String label, boolean higherIsBetter) {
    return new Column(label, higherIsBetter);
  }

  /// A cell with a mean and its interval.
  public static Cell cell(double mean, double low, double high) {
    return new Cell(mean, low, high, false, "");
  }

  /// A table of these metrics, to which methods are added.
  public static Scoreboard of(String title, Column... columns) {
    return new Scoreboard(Heading.of(title), List.of(columns), List.of());
  }

  /// The words under the figure.
  public Scoreboard caption(String text) {
    return new Scoreboard(heading.captioned(text), columns, rows);
  }

  /// One more method, with a cell for every column.
  public Scoreboard row(String label, Cell... cells) {
    Lengths.need("cells in a row", columns.size(), cells.length);
    return with(new Row(label, List.of(cells), ""));
  }

  /// A method that could not be judged, and why.
  public Scoreboard failed(String label, String reason) {
    return with(new Row(label, List.of(), reason));
  }

  private Scoreboard with(Row row) {
    List<Row> more = new ArrayList<>(rows);
    more.add(row);
    return new Scoreboard(heading, columns, List.copyOf(more));
  }

  @Override
  public String title() {
    return heading.title();
  }

  @Override
  public String caption() {
    return heading.caption();
  }

  @Override
  public String svg() {
    if (rows.isEmpty() || columns.isEmpty()) {
      return Svg.empty(heading, "There is nothing to compare.");
    }
    List<String> labels = rows.stream().map(Row::label).toList();
    double left = Math.clamp(TextWidth.widest(labels, Svg.SIZE * Svg.BOLD) + 16, 60, 190);
    double wide = Math.clamp(Math.floor((966 - left) / columns.size()), LEAST, 150);
    List<List<String>> heads = columns.stream().map(c -> words(c.label, wide - 4)).toList();
    int lines = heads.stream().mapToInt(List::size).max().orElse(1);
    double top = 15 * lines + 26;
    double bottom = top + rows.size() * ROW;
    Svg svg = new Svg(left + columns.size() * wide + 2, bottom + 6, heading, describe());
    for (int c = 0; c < columns.size(); c++) {
      double x = left + c * wide;
      List<String> head = heads.get(c);
      for (int i = 0; i < head.size(); i++) {
        svg.text("b", x, 12 + 15 * (lines - head.size() + i), head.get(i), wide - 3);
      }
      svg.text("m s", x, 15 * lines + 12, columns.get(c).higherIsBetter ? "↑ higher" : "↓ lower");
    }
    int[] best = new int[columns.size()];
    Axis[] axes = new Axis[columns.size()];
    for (int c = 0; c < best.length; c++) {
      best[c] = best(c);
      axes[c] = axis(c, left + c * wide + 5, left + (c + 1) * wide - 19);
    }
    for (int r = 0; r < rows.size(); r++) {
      row(svg, rows.get(r), r, best, axes, left, top + r * ROW, wide);
    }
    return svg.done();
  }

  private void row(
      Svg svg, Row row, int r, int[] best, Axis[] axes, double left, double y, double wide) {
    svg.line("grid", 0, y - 2, left + columns.size() * wide, y - 2);
    svg.text("b", 0, y + 15, row.label, left - 12);
    if (row.cells.isEmpty()) {
      svg.text("m", left, y + 15, row.failure, columns.size() * wide);
      return;
    }
    svg.group("", row.label);
    for (int c = 0; c < columns.size(); c++) {
      Cell cell = row.cells.get(c);
      double x = left + c * wide;
      if (!Double.isFinite(cell.mean)) {
        svg.text("m", x, y + 15, "no number", wide - 10);
        svg.rect("hit", x, y, wide - 8, ROW - 6, 0, columns.get(c).label + ": " + tip(cell));
        continue;
      }
      boolean first = best[c] == r;
      svg.text(first ? "b" : cell.notWorse ? "" : "m", x, y + 13, Numbers.digits(cell.mean, 3));
      if (!cell.words.isEmpty()) {
        svg.text("m s e", x + wide - 14, y + 13, cell.words, wide / 2);
      }
      Axis axis = axes[c];
      double middle = y + 24;
      svg.line("grid", axis.from(), middle, axis.to(), middle);
      if (Double.isFinite(cell.low) && Double.isFinite(cell.high)) {
        svg.line(
            2.5,
            "edge " + (first ? "pos" : "width"),
            axis.at(cell.low),
            middle,
            axis.at(cell.high),
            middle,
            1,
            "");
      }
      String dot = first ? "pos" : cell.notWorse ? "plain" : "rim";
      svg.circle(dot, axis.at(cell.mean), middle, first ? 4.5 : 3.5, 1, "");
      svg.rect("hit", x, y, wide - 8, ROW - 6, 0, columns.get(c).label + ": " + tip(cell));
    }
    svg.close();
  }

  private static String tip(Cell cell) {
    String words = cell.words.isEmpty() ? "" : ", " + cell.words;
    return Double.isFinite(cell.mean)
        ? "%s, from %s to %s%s"
            .formatted(
                Numbers.plain(cell.mean), Numbers.plain(cell.low), Numbers.plain(cell.high), words)
        : "no number" + words;
  }

  /// All dots and intervals of a column.
  private Axis axis(int column, double from, double to) {
    double[] all =
        rows.stream()
            .filter(r -> !r.cells.isEmpty())
            .map(r -> r.cells.get(column))
            .flatMapToDouble(c -> Arrays.stream(new double[] {c.mean, c.low, c.high}))
            .toArray();
    return Axis.over(from, to, all);
  }

  private int best(int column) {
    int best = -1;
    for (int r = 0; r < rows.size(); r++) {
      if (!rows.get(r).cells.isEmpty() && Double.isFinite(rows.get(r).cells.get(column).mean)) {
        double mean = rows.get(r).cells.get(column).mean;
        double before = best < 0 ? 0 : rows.get(best).cells.get(column).mean;
        boolean better = columns.get(column).higherIsBetter ? mean > before : mean < before;
        best = best < 0 || better ? r : best;
      }
    }
    return best;
  }

  /// A name in lines, cut where it has blanks or hyphens, and inside of words that are too long.
  private static List<String> words(String label, double room) {
    List<String> lines = new ArrayList<>();
    String line = "";
    for (String word : label.split("(?<=[- ])(?=..)")) {
      if (!fits(line + word, room) && !line.isEmpty()) {
        lines.add(line.strip());
        line = "";
      }
      String rest = word;
      for (int cut = cut(rest, room); cut > 0; cut = cut(rest, room)) {
        lines.add(rest.substring(0, cut) + "-");
        rest = rest.substring(cut);
      }
      line += rest;
    }
    lines.add(line.strip());
    return lines;
  }

  private static boolean fits(String text, double room) {
    return TextWidth.of(text, Svg.SIZE * Svg.BOLD) <= room;
  }

  /// Where a word that is too long is cut: after the last vowel for which there is room, with three
  /// letters or more on both sides; 0 if it fits or there is no such place.
  private static int cut(String word, double room) {
    if (fits(word, room)) {
      return 0;
    }
    int cut = word.length() - 3;
    while (cut >= 3
        && !("aeiouy".indexOf(word.charAt(cut - 1)) >= 0
            && fits(word.substring(0, cut) + "-", room))) {
      cut--;
    }
    return cut < 3 ? 0 : cut;
  }

  private String describe() {
    String bests =
        IntStream.range(0, columns.size())
            .filter(c -> best(c) >= 0)
            .mapToObj(c ->
                "%s: %s with %s."
                    .formatted(
                        columns.get(c).label,
                        rows.get(best(c)).label,
                        Numbers.plain(rows.get(best(c)).cells.get(c).mean)))
            .collect(Collectors.joining(" "));
    return "%s methods judged by %s metrics. Best of each metric: %s"
        .formatted(rows.size(), columns.size(), bests.isEmpty() ? "none." : bests);
  }
}
