package dev.backlight.explain.report;

/// One grid of cells drawn at a place, by sign or as a greyscale picture.
final class Panel {

  /// The words for a cell's place: "row 2, column 5", or the labels that the data came with.
  interface Place {
    String of(int row, int column);
  }

  static final Place PIXEL = (row, column) -> "row " + row + ", column " + column;

  private Panel() {}

  static void signed(
      Svg svg,
      Grid values,
      Diverging scale,
      Heading heading,
      Place place,
      double x,
      double y,
      double cell) {
    svg.group("cells", "");
    for (int r = 0; r < values.rows(); r++) {
      for (int c = 0; c < values.columns(); c++) {
        double value = values.at(r, c);
        double left = x + c * cell;
        double top = y + r * cell;
        String tip = place.of(r, c) + ": " + heading.signed(value);
        if (Double.isFinite(value)) {
          svg.rect(scale.ink(value), left, top, cell, cell, scale.opacity(value), tip);
        } else {
          svg.hatched(left, top, cell, cell, tip);
        }
      }
    }
    svg.close();
    frame(svg, values, x, y, cell);
  }

  /// A picture: its lowest number has the colour of the page, its highest that of ink.
  static void picture(
      Svg svg, Grid values, Range range, Place place, double x, double y, double cell) {
    double span = range.high() - range.low();
    svg.group("cells", "");
    for (int r = 0; r < values.rows(); r++) {
      for (int c = 0; c < values.columns(); c++) {
        double value = values.at(r, c);
        String tip = place.of(r, c) + ": " + Numbers.plain(value);
        if (Double.isFinite(value)) {
          double opacity = span > 0 ? (value - range.low()) / span : 0;
          svg.rect("ink", x + c * cell, y + r * cell, cell, cell, opacity, tip);
        } else {
          svg.hatched(x + c * cell, y + r * cell, cell, cell, tip);
        }
      }
    }
    svg.close();
    frame(svg, values, x, y, cell);
  }

  private static void frame(Svg svg, Grid values, double x, double y, double cell) {
    svg.rect("frame", x - 0.5, y - 0.5, values.columns() * cell + 1, values.rows() * cell + 1);
  }
}
