package dev.backlight.explain.quality;

import java.util.ArrayList;
import java.util.List;

/// The table of a benchmark as text.
final class BenchmarkPrinter {
  private BenchmarkPrinter() {}

  static String print(BenchmarkResult result) {
    int columns = result.columns().size();
    List<List<String>> heads = new ArrayList<>();
    int lines = 0;
    for (int c = 0; c < columns; c++) {
      List<String> head = new ArrayList<>(List.of(result.columns().get(c).split("(?<=-)|, ")));
      head.add(result.metrics().get(c).scale().higherIsBetter() ? "higher" : "lower");
      heads.add(head);
      lines = Math.max(lines, head.size());
    }
    int first = 0;
    for (BenchmarkResult.Row row : result.rows()) {
      first = Math.max(first, row.name().length());
    }
    int[] width = new int[columns];
    String[][] cells = new String[result.rows().size()][columns];
    for (int c = 0; c < columns; c++) {
      width[c] = heads.get(c).stream().mapToInt(String::length).max().orElse(0);
      for (int r = 0; r < cells.length; r++) {
        cells[r][c] = cell(result, r, c);
        width[c] = Math.max(width[c], cells[r][c].length() - 1);
      }
    }
    StringBuilder text = new StringBuilder();
    for (int line = 0; line < lines; line++) {
      StringBuilder row = new StringBuilder(" ".repeat(first));
      for (int c = 0; c < columns; c++) {
        int at = line - (lines - heads.get(c).size());
        row.append("  ").append(right(at < 0 ? "" : heads.get(c).get(at), width[c])).append(' ');
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    for (int r = 0; r < cells.length; r++) {
      BenchmarkResult.Row of = result.rows().get(r);
      StringBuilder row =
          new StringBuilder(of.name()).append(" ".repeat(first - of.name().length()));
      for (int c = 0; c < columns && of.explained(); c++) {
        row.append("  ").append(right(cells[r][c], width[c] + 1));
      }
      if (!of.explained()) {
        row.append("  ").append(of.failure());
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    text.append("Means over ")
        .append(result.examples())
        .append(result.examples() == 1 ? " example" : " examples")
        .append(" ± half of the 95 % interval; * best, ~ not worse for sure.\n");
    failures(result, text);
    return text.toString();
  }

  private static String cell(BenchmarkResult result, int r, int c) {
    BenchmarkResult.Row row = result.rows().get(r);
    if (!row.explained()) {
      return " ";
    }
    Interval interval = row.cells().get(c).interval();
    if (interval.defined() == 0) {
      return "- ";
    }
    String mark =
        switch (result.standing(r, c)) {
          case BEST -> "*";
          case TIED -> "~";
          case WORSE, NONE -> " ";
        };
    String without =
        interval.defined() == interval.examples() ? "" : " (" + interval.defined() + ")";
    return Interval.digits(interval.mean())
        + " ±"
        + Interval.digits((interval.high() - interval.low()) / 2)
        + without
        + mark;
  }

  private static void failures(BenchmarkResult result, StringBuilder text) {
    for (BenchmarkResult.Row row : result.rows()) {
      for (int c = 0; c < row.cells().size(); c++) {
        BenchmarkResult.Cell cell = row.cells().get(c);
        if (!cell.failure().isEmpty()) {
          text.append(row.name())
              .append(", ")
              .append(result.columns().get(c))
              .append(": ")
              .append(cell.failure())
              .append('\n');
        }
      }
    }
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
