package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// Heat maps side by side: a row for every example, a column for every method.
///
/// Columns of one unit share one colour scale and one legend, so that equal ink means equal
/// numbers. A column in another unit cannot be compared with them by eye, so it has a scale and a
/// legend of its own.
///
/// ```java
/// Comparison.of("Why these digits?",
///         Comparison.column("gradient × input", "logit"),
///         Comparison.column("integrated gradients", "logit"))
///     .row(Comparison.row("scan 17").note("predicted 3, is 8").input(pixels)
///         .map(gradientTimesInput)
///         .map(integratedGradients, "residual 1e−7"));
/// ```
public final class Comparison implements Figure {

  private static final double GAP = 18;

  private final Heading heading;
  private final List<Column> columns;
  private final List<Row> rows;

  private Comparison(Heading heading, List<Column> columns, List<Row> rows) {
    this.heading = heading;
    this.columns = columns;
    this.rows = rows;
  }

  /// A method: its name, and the unit of its scores.
  public record Column(String label, String unit) {}

  /// An example: what it is, what is to be said of it, its input and one map for every column.
  public static final class Row {
    private final String label;
    private final String note;
    private final Grid input;
    private final List<Scores> maps;

    private Row(String label, String note, Grid input, List<Scores> maps) {
      this.label = label;
      this.note = note;
      this.input = input;
      this.maps = maps;
    }

    /// A second, muted line under the label, such as `predicted 3, is 8`.
    public Row note(String text) {
      return new Row(label, text, input, maps);
    }

    /// The explained input, drawn in greyscale before the maps.
    public Row input(double[][] pixels) {
      return new Row(label, note, Grid.of(pixels), maps);
    }

    /// The next column's scores.
    public Row map(double[][] scores) {
      return map(scores, "");
    }

    /// The next column's scores, with a note under them such as `residual 1e−7`.
    public Row map(double[][] scores, String note) {
      List<Scores> more = new ArrayList<>(maps);
      more.add(new Scores(Grid.of(scores), note));
      return new Row(label, this.note, input, List.copyOf(more));
    }
  }

  private record Scores(Grid values, String note) {}

  /// Columns in one unit, their common scale and their extremes.
  private record UnitGroup(String unit, String members, Range range, Diverging scale) {}

  /// A column for a method whose scores are in this unit.
  public static Column column(String label, String unit) {
    return new Column(label, unit);
  }

  /// A row for an example, to which its maps are added in the order of the columns.
  public static Row row(String label) {
    return new Row(label, "", Grid.EMPTY, List.of());
  }

  /// A comparison of these methods, to which examples are added.
  public static Comparison of(String title, Column... columns) {
    return new Comparison(Heading.of(title), List.of(columns), List.of());
  }

  /// The words under the figure.
  public Comparison caption(String text) {
    return new Comparison(heading.captioned(text), columns, rows);
  }

  /// This comparison with one more example.
  public Comparison row(Row row) {
    if (row.maps.size() != columns.size()) {
      throw new IllegalArgumentException(
          "needed one map for each of the %s columns, got %s in row %s"
              .formatted(columns.size(), row.maps.size(), row.label));
    }
    List<Row> more = new ArrayList<>(rows);
    more.add(row);
    return new Comparison(heading, columns, List.copyOf(more));
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
    boolean inputs = rows.stream().anyMatch(r -> !r.input.isEmpty());
    int across = columns.size() + (inputs ? 1 : 0);
    List<String> words = rows.stream().flatMap(r -> Stream.of(r.label, r.note)).toList();
    double left = Math.clamp(TextWidth.widest(words, Svg.SIZE * Svg.BOLD) + 14, 40, 170);
    double side = Math.clamp(Math.floor((966 - left) / across - GAP), 84, 136);
    boolean notes = rows.stream().anyMatch(r -> r.maps.stream().anyMatch(m -> !m.note.isEmpty()));
    double pitch = side + (notes ? 34 : GAP);
    Map<String, UnitGroup> groups = groups();

    double top = 26 + 15 * headerLines(side);
    double bottom = top + rows.size() * pitch;
    double width = left + across * (side + GAP);
    double legendWidth = Math.clamp((width - left) / groups.size() - 28, 190, 340);
    double[] legendAt = {left, bottom + 6};
    int perLine = (int) Math.max(1, Math.floor((width - left + 28) / (legendWidth + 28)));
    double height = legendAt[1] + Math.ceilDiv(groups.size(), perLine) * (Legend.HEIGHT + 16);
    Svg svg = new Svg(width, height, heading, describe(groups));

    headers(svg, left, side, inputs);
    Range inputRange = Range.of(rows.stream().flatMapToDouble(r -> r.input.values()));
    for (int r = 0; r < rows.size(); r++) {
      drawRow(svg, rows.get(r), groups, inputRange, left, top + r * pitch, side, inputs);
    }
    int i = 0;
    for (UnitGroup group : groups.values()) {
      String members = groups.size() == 1 ? "" : group.members;
      double x = left + (i % perLine) * (legendWidth + 28);
      int line = i / perLine;
      new Legend(group.scale, group.range, group.unit, members)
          .draw(svg, x, legendAt[1] + line * (Legend.HEIGHT + 16), legendWidth);
      i++;
    }
    return svg.done();
  }

  private Map<String, UnitGroup> groups() {
    Map<String, List<Integer>> members = new LinkedHashMap<>();
    for (int c = 0; c < columns.size(); c++) {
      members.computeIfAbsent(columns.get(c).unit, _ -> new ArrayList<>()).add(c);
    }
    Map<String, UnitGroup> groups = new LinkedHashMap<>();
    members.forEach((unit, of) -> {
      String names = names(of);
      Range range = Range.of(of.stream().flatMapToDouble(this::scores));
      groups.put(
          unit,
          new UnitGroup(
              unit.isEmpty() ? "value" : unit, names, range, new Diverging(range.reach())));
    });
    return groups;
  }

  /// The columns by name: all of them, or from the first to the last where they are neighbours.
  private String names(List<Integer> of) {
    boolean neighbours = of.getLast() - of.getFirst() == of.size() - 1;
    return of.size() > 2 && neighbours
        ? columns.get(of.getFirst()).label + " to " + columns.get(of.getLast()).label
        : of.stream().map(c -> columns.get(c).label).collect(Collectors.joining(", "));
  }

  private DoubleStream scores(int column) {
    return rows.stream().flatMapToDouble(r -> r.maps.get(column).values.values());
  }

  private int headerLines(double side) {
    return columns.stream().mapToInt(c -> header(c.label, side).size()).max().orElse(1);
  }

  private static List<String> header(String label, double side) {
    return TextWidth.lines(label, side + GAP - 6, Svg.SIZE * Svg.BOLD);
  }

  private void headers(Svg svg, double left, double side, boolean inputs) {
    double x = left;
    double last = 15 * headerLines(side) - 1;
    if (inputs) {
      svg.text("b", x, last, "input");
      x += side + GAP;
    }
    for (Column column : columns) {
      List<String> lines = header(column.label, side);
      for (int i = 0; i < lines.size(); i++) {
        svg.text("b", x, last - 15 * (lines.size() - 1 - i), lines.get(i), side + GAP - 4);
      }
      svg.text("m s", x, last + 15, column.unit, side + GAP - 4);
      x += side + GAP;
    }
  }

  private void drawRow(
      Svg svg,
      Row row,
      Map<String, UnitGroup> groups,
      Range inputRange,
      double left,
      double y,
      double side,
      boolean inputs) {
    svg.text("b", 0, y + 14, row.label, left - 14).text("m", 0, y + 30, row.note, left - 14);
    double x = left;
    if (inputs) {
      double cell = cell(row.input, side);
      new Panel(row.label + ", input", row.input, Panel.PIXEL, x, y, cell).picture(svg, inputRange);
      x += side + GAP;
    }
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      Scores map = row.maps.get(c);
      double cell = cell(map.values, side);
      new Panel(row.label + ", " + column.label, map.values, Panel.PIXEL, x, y, cell)
          .signed(
              svg, Objects.requireNonNull(groups.get(column.unit)).scale, heading.in(column.unit));
      svg.text("m s", x, y + cell * map.values.rows() + 15, map.note, side + GAP - 4);
      x += side + GAP;
    }
  }

  private static double cell(Grid grid, double side) {
    double cell = side / Math.max(1, Math.max(grid.rows(), grid.columns()));
    return cell >= 2 ? Math.floor(cell) : cell;
  }

  private String describe(Map<String, UnitGroup> groups) {
    return "Heat maps of %s examples by %s methods. ".formatted(rows.size(), columns.size())
        + groups.values().stream()
            .map(g ->
                g.range.isEmpty()
                    ? g.members + ": no finite value."
                    : "%s: from %s to %s %s."
                        .formatted(
                            g.members,
                            Numbers.signed(g.range.low()),
                            Numbers.signed(g.range.high()),
                            g.unit))
            .collect(Collectors.joining(" "));
  }
}
