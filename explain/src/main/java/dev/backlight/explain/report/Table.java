package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A table for a [Report]: words to the left, numbers to the right with their decimals in line, and
/// the best of a column in bold.
public final class Table {

  private final String title;
  private final String caption;
  private final List<Column> columns;
  private final List<List<Object>> rows;

  private Table(String title, String caption, List<Column> columns, List<List<Object>> rows) {
    this.title = title;
    this.caption = caption;
    this.columns = columns;
    this.rows = rows;
  }

  private enum Best {
    NONE,
    LOWEST,
    HIGHEST
  }

  /// A column: its header, its decimals if it holds numbers, and which number is the best.
  public static final class Column {
    private final String header;
    private final int decimals;
    private final Best best;

    private Column(String header, int decimals, Best best) {
      this.header = header;
      this.decimals = decimals;
      this.best = best;
    }

    /// Words.
    public static Column text(String header) {
      return new Column(header, -1, Best.NONE);
    }

    /// Numbers with so many decimals.
    public static Column number(String header, int decimals) {
      return new Column(header, decimals, Best.NONE);
    }

    /// Numbers of very different size, with three significant digits each.
    public static Column magnitude(String header) {
      return new Column(header, Integer.MAX_VALUE, Best.NONE);
    }

    /// The same column with its lowest number in bold.
    public Column lowestIsBest() {
      return new Column(header, decimals, Best.LOWEST);
    }

    /// The same column with its highest number in bold.
    public Column highestIsBest() {
      return new Column(header, decimals, Best.HIGHEST);
    }

    private boolean numeric() {
      return decimals >= 0;
    }

    private String format(Object cell) {
      if (!(cell instanceof Number number)) {
        return String.valueOf(cell);
      }
      double value = number.doubleValue();
      return decimals == Integer.MAX_VALUE
          ? Numbers.digits(value, 3)
          : decimals < 0 ? Numbers.plain(value) : Numbers.fixed(value, decimals);
    }
  }

  /// A table without rows.
  public static Table of(String title, Column... columns) {
    return new Table(title, "", List.of(columns), List.of());
  }

  /// The words under the table.
  public Table caption(String text) {
    return new Table(title, text, columns, rows);
  }

  /// One more row: numbers and words, one for each column.
  public Table row(Object... cells) {
    Lengths.need("cells in a row", columns.size(), cells.length);
    List<List<Object>> more = new ArrayList<>(rows);
    more.add(List.copyOf(Arrays.asList(cells)));
    return new Table(title, caption, columns, List.copyOf(more));
  }

  String html() {
    StringBuilder out = new StringBuilder("<figure class=\"table\">");
    if (!title.isEmpty()) {
      out.append("<h3>").append(Xml.escape(title)).append("</h3>");
    }
    out.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
        .append(Xml.escape(title.isEmpty() ? "table" : title))
        .append("\"><table><thead><tr>");
    columns.forEach(c -> out.append(cell("th scope=\"col\"", c, c.header, false)));
    out.append("</tr></thead>\n<tbody>");
    List<Double> bests = columns.stream().map(this::best).toList();
    for (List<Object> row : rows) {
      out.append("<tr>");
      for (int c = 0; c < columns.size(); c++) {
        boolean best = row.get(c) instanceof Number n && n.doubleValue() == bests.get(c);
        out.append(cell("td", columns.get(c), columns.get(c).format(row.get(c)), best));
      }
      out.append("</tr>\n");
    }
    out.append("</tbody></table></div>");
    if (!caption.isEmpty()) {
      out.append("<figcaption>").append(Inline.html(caption)).append("</figcaption>");
    }
    return out.append("</figure>\n").toString();
  }

  private static String cell(String tag, Column column, String text, boolean best) {
    String classes = String.join(" ", classes(column, best));
    String name = tag.split(" ")[0];
    return "<"
        + tag
        + (classes.isEmpty() ? "" : " class=\"" + classes + "\"")
        + ">"
        + Xml.escape(text)
        + "</"
        + name
        + ">";
  }

  private static List<String> classes(Column column, boolean best) {
    List<String> classes = new ArrayList<>();
    if (column.numeric()) {
      classes.add("number");
    }
    if (best) {
      classes.add("best");
    }
    return classes;
  }

  /// The best number of a column, `NaN` when none is sought.
  private double best(Column column) {
    int c = columns.indexOf(column);
    var numbers =
        rows.stream()
            .map(r -> r.get(c))
            .filter(Number.class::isInstance)
            .mapToDouble(n -> ((Number) n).doubleValue())
            .filter(Double::isFinite);
    return switch (column.best) {
      case NONE -> Double.NaN;
      case LOWEST -> numbers.min().orElse(Double.NaN);
      case HIGHEST -> numbers.max().orElse(Double.NaN);
    };
  }
}
