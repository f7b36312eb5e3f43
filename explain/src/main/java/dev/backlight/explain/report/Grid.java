package dev.backlight.explain.report;

import java.util.stream.DoubleStream;

/// A rectangle of numbers that nobody can change any more.
final class Grid {

  static final Grid EMPTY = new Grid(0, 0, new double[0]);

  private final int rows;
  private final int columns;
  private final double[] cells;

  private Grid(int rows, int columns, double[] cells) {
    this.rows = rows;
    this.columns = columns;
    this.cells = cells;
  }

  static Grid of(double[][] values) {
    if (values.length == 0 || values[0].length == 0) {
      return EMPTY;
    }
    int columns = values[0].length;
    double[] cells = new double[Math.multiplyExact(values.length, columns)];
    for (int r = 0; r < values.length; r++) {
      if (values[r].length != columns) {
        throw new IllegalArgumentException(
            "needed rows of equal length, got %s numbers in row 0 and %s in row %s"
                .formatted(columns, values[r].length, r));
      }
      System.arraycopy(values[r], 0, cells, r * columns, columns);
    }
    return new Grid(values.length, columns, cells);
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  boolean isEmpty() {
    return cells.length == 0;
  }

  double at(int row, int column) {
    return cells[row * columns + column];
  }

  DoubleStream values() {
    return DoubleStream.of(cells);
  }
}
