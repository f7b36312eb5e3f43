package dev.backlight.explain;

import java.util.List;

/// A column of a table, or several that are one category, and how it may be changed.
///
/// @param name its name
/// @param columns where it is: one column, or the columns of a category, of which one is 1
/// @param kind what its values are
/// @param low no value goes below
/// @param high no value goes above
/// @param direction which way it may go
/// @param scale a change by so much costs 1
record TableFeature(
    String name,
    List<Integer> columns,
    Kind kind,
    double low,
    double high,
    Direction direction,
    double scale) {
  enum Kind {
    NUMBER,
    WHOLE,
    CATEGORY
  }

  enum Direction {
    EITHER,
    UP,
    DOWN,
    FIXED
  }

  TableFeature {
    columns = List.copyOf(columns);
  }

  int column() {
    return columns.getFirst();
  }

  TableFeature kind(Kind other) {
    return new TableFeature(name, columns, other, low, high, direction, scale);
  }

  TableFeature within(double least, double greatest) {
    return new TableFeature(name, columns, kind, least, greatest, direction, scale);
  }

  TableFeature going(Direction way) {
    return new TableFeature(name, columns, kind, low, high, way, scale);
  }

  TableFeature costing(double one) {
    return new TableFeature(name, columns, kind, low, high, direction, one);
  }

  /// Whether it has another value in two rows.
  boolean differs(double[] a, double[] b) {
    return columns.stream().anyMatch(c -> a[c] != b[c]);
  }

  /// What a change costs.
  double cost(double[] from, double[] to) {
    if (!differs(from, to)) {
      return 0;
    }
    return kind == Kind.CATEGORY ? 1 / scale : Math.abs(to[column()] - from[column()]) / scale;
  }

  /// Whether a row may have this value, coming from another row.
  boolean allows(double[] from, double[] to) {
    if (!differs(from, to)) {
      return true;
    }
    if (direction == Direction.FIXED) {
      return false;
    }
    if (kind == Kind.CATEGORY) {
      return isOneOf(to);
    }
    double value = to[column()];
    double before = from[column()];
    return value >= low
        && value <= high
        && (kind != Kind.WHOLE || value == Math.rint(value))
        && (direction != Direction.UP || value > before)
        && (direction != Direction.DOWN || value < before);
  }

  /// Whether exactly one column of a category is 1, and the others are 0.
  boolean isOneOf(double[] row) {
    return columns.stream().filter(c -> row[c] == 1).count() == 1
        && columns.stream().filter(c -> row[c] == 0).count() == columns.size() - 1;
  }

  /// The allowed value nearest to one, coming from another row; a category is the largest.
  void put(double value, double[] from, double[] into) {
    int c = column();
    double least = direction == Direction.UP ? Math.max(low, from[c]) : low;
    double greatest = direction == Direction.DOWN ? Math.min(high, from[c]) : high;
    if (direction == Direction.FIXED || least > greatest) {
      into[c] = from[c];
      return;
    }
    double bounded = Math.clamp(value, least, greatest);
    if (kind == Kind.WHOLE && bounded != from[c]) {
      double whole = Math.rint(bounded);
      bounded = whole < least ? Math.ceil(least) : whole > greatest ? Math.floor(greatest) : whole;
      bounded = bounded < least || bounded > greatest ? from[c] : bounded;
    }
    into[c] = bounded;
  }

  /// The value as people read it.
  String text(double[] row, List<String> names) {
    if (kind != Kind.CATEGORY) {
      return RankingPrinter.number(row[column()]);
    }
    return columns.stream().filter(c -> row[c] == 1).map(names::get).findFirst().orElse("none");
  }
}
