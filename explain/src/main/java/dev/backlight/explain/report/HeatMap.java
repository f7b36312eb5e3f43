package dev.backlight.explain.report;

import java.util.List;

/// A grid of signed numbers as colours, with a legend in the numbers' own unit.
///
/// Orange is more, blue is less, zero is the page. The scale reaches to the largest magnitude in
/// the data unless [#reach(double)] says otherwise, and is symmetric, so equal ink means equal
/// magnitude.
public final class HeatMap implements Figure {

  private final Heading heading;
  private final Grid values;
  private final Grid picture;
  private final List<String> rows;
  private final List<String> columns;
  private final double reach;
  private final boolean bothSides;

  private HeatMap(
      Heading heading,
      Grid values,
      Grid picture,
      List<String> rows,
      List<String> columns,
      double reach,
      boolean bothSides) {
    this.heading = heading;
    this.values = values;
    this.picture = picture;
    this.rows = rows;
    this.columns = columns;
    this.reach = reach;
    this.bothSides = bothSides;
  }

  /// A heat map of `values[row][column]`.
  public static HeatMap of(String title, double[][] values) {
    Grid grid = Grid.of(values);
    double reach = Range.of(grid.values()).reach();
    return new HeatMap(Heading.of(title), grid, Grid.EMPTY, List.of(), List.of(), reach, false);
  }

  /// The words under the figure.
  public HeatMap caption(String text) {
    return new HeatMap(heading.captioned(text), values, picture, rows, columns, reach, bothSides);
  }

  /// The unit of the values, such as `logit`.
  public HeatMap unit(String unit) {
    return new HeatMap(heading.in(unit), values, picture, rows, columns, reach, bothSides);
  }

  /// Shows the explained input, in greyscale, beside the map.
  public HeatMap beside(double[][] input) {
    return new HeatMap(heading, values, Grid.of(input), rows, columns, reach, bothSides);
  }

  /// Names the rows and columns; either list may be empty.
  public HeatMap labels(List<String> rows, List<String> columns) {
    needLabels("row", values.rows(), rows.size());
    needLabels("column", values.columns(), columns.size());
    return new HeatMap(
        heading, values, picture, List.copyOf(rows), List.copyOf(columns), reach, bothSides);
  }

  /// The magnitude drawn in full ink, to put several figures on one scale; larger values stay at
  /// full ink and the legend says `≥`.
  public HeatMap reach(double magnitude) {
    if (!(magnitude > 0) || Double.isInfinite(magnitude)) {
      throw new IllegalArgumentException("needed a reach above 0, got " + magnitude);
    }
    return new HeatMap(heading, values, picture, rows, columns, magnitude, bothSides);
  }

  /// Shows both sides of zero in the legend, though all values may be on one: for figures that are
  /// compared.
  public HeatMap bothSides() {
    return new HeatMap(heading, values, picture, rows, columns, reach, true);
  }

  private static void needLabels(String what, int cells, int labels) {
    if (labels != 0 && labels != cells) {
      throw new IllegalArgumentException(
          "needed %s %s labels, got %s".formatted(cells, what, labels));
    }
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
    if (values.isEmpty()) {
      return Svg.empty(heading, "There are no values to show.");
    }
    double cell =
        Math.clamp(
            Math.floor(
                (picture.isEmpty() ? 400 : 216)
                    / (double) Math.max(values.rows(), values.columns())),
            3,
            36);
    double left = rows.isEmpty() ? 1 : Math.min(160, TextWidth.widest(rows, Svg.SIZE)) + 10;
    double pictureCell =
        picture.isEmpty() ? 0 : Math.max(2, Math.floor(cell * values.rows() / picture.rows()));
    double mapX = left + (picture.isEmpty() ? 0 : picture.columns() * pictureCell + 24);
    boolean turned = TextWidth.widest(columns, Svg.SIZE) > cell - 4;
    double top = headroom(turned);
    double bottom = top + values.rows() * cell;
    double legendWidth = Math.max(220, values.columns() * cell);
    Range range = Range.of(values.values());
    double climb = turned ? TextWidth.climb(columns) - cell / 2 : 0;
    double width = mapX + Math.max(legendWidth, values.columns() * cell + climb) + 10;
    Svg svg = new Svg(width, bottom + 20 + Legend.HEIGHT, heading, describe(range));

    if (!picture.isEmpty()) {
      svg.text("m s", left, top - 6, "input").text("m s", mapX, top - 6, "explanation");
      new Panel("input", picture, Panel.PIXEL, left, top, pictureCell)
          .picture(svg, Range.of(picture.values()));
    }
    Diverging scale = new Diverging(reach);
    new Panel("", values, this::place, mapX, top, cell).signed(svg, scale, heading);
    rowLabels(svg, mapX - 6, top, cell, left);
    columnLabels(svg, mapX, top, cell, turned);
    String what = heading.unit().isEmpty() ? "value" : heading.unit();
    new Legend(scale, range, what, "", bothSides).draw(svg, mapX, bottom + 14, legendWidth);
    return svg.done();
  }

  private double headroom(boolean turned) {
    if (columns.isEmpty()) {
      return picture.isEmpty() ? 2 : 20;
    }
    return turned ? TextWidth.climb(columns) + 6 : 20;
  }

  private void rowLabels(Svg svg, double x, double top, double cell, double left) {
    for (int r = 0; r < rows.size(); r++) {
      if (cell >= 10 || r % (int) Math.ceil(12 / cell) == 0) {
        svg.text(
            "e", picture.isEmpty() ? x : left - 6, top + (r + 0.5) * cell + 4, rows.get(r), 160);
      }
    }
  }

  private void columnLabels(Svg svg, double x, double top, double cell, boolean turned) {
    for (int c = 0; c < columns.size(); c++) {
      double middle = x + (c + 0.5) * cell;
      if (turned) {
        svg.turned(middle + 3, top - 6, columns.get(c), 150);
      } else {
        svg.text("c", middle, top - 6, columns.get(c));
      }
    }
  }

  private String place(int row, int column) {
    if (rows.isEmpty() && columns.isEmpty()) {
      return Panel.PIXEL.of(row, column);
    }
    String r = rows.isEmpty() ? "row " + row : rows.get(row);
    String c = columns.isEmpty() ? "column " + column : columns.get(column);
    return r + ", " + c;
  }

  private String describe(Range range) {
    String size = "Heat map of %s rows and %s columns".formatted(values.rows(), values.columns());
    return range.isEmpty()
        ? size + " without a finite value."
        : size
            + ", from "
            + Numbers.signed(range.low())
            + " to "
            + heading.signed(range.high())
            + ".";
  }
}
