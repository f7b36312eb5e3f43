package dev.backlight.explain.report;

import java.util.function.DoubleUnaryOperator;

/// One grid of square cells at a place of a drawing, coloured by sign or as a greyscale picture.
///
/// @param label what the grid is of, read before the words of each cell
record Panel(String label, Grid values, Place place, double x, double y, double cell) {

  /// The words for a cell's place: `row 2, column 5`, or the labels that the data came with.
  interface Place {
    String of(int row, int column);
  }

  static final Place PIXEL = (row, column) -> "row " + row + ", column " + column;

  /// Orange and blue, as strong as the scale says.
  void signed(Svg svg, Diverging scale, Heading heading) {
    svg.group("cells", label);
    for (int r = 0; r < values.rows(); r++) {
      for (int c = 0; c < values.columns(); c++) {
        double value = values.at(r, c);
        cell(svg, r, c, scale.ink(value), scale::opacity, heading.signed(value));
      }
    }
    close(svg);
  }

  /// A picture: the lowest number of the range has the colour of the page, the highest that of ink.
  void picture(Svg svg, Range range) {
    double span = range.high() - range.low();
    svg.group("cells", label);
    for (int r = 0; r < values.rows(); r++) {
      for (int c = 0; c < values.columns(); c++) {
        String number = Numbers.plain(values.at(r, c));
        cell(svg, r, c, "ink", v -> span > 0 ? (v - range.low()) / span : 0, number);
      }
    }
    close(svg);
  }

  private void cell(Svg svg, int r, int c, String ink, DoubleUnaryOperator opacity, String number) {
    double value = values.at(r, c);
    double left = x + c * cell;
    double top = y + r * cell;
    String tip = place.of(r, c) + ": " + number;
    if (Double.isFinite(value)) {
      svg.rect(ink, left, top, cell, cell, opacity.applyAsDouble(value), tip);
    } else {
      svg.hatched(left, top, cell, cell, tip);
    }
  }

  private void close(Svg svg) {
    svg.close();
    svg.rect("frame", x - 0.5, y - 0.5, values.columns() * cell + 1, values.rows() * cell + 1);
  }
}
