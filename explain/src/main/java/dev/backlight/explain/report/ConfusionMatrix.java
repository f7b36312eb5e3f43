package dev.backlight.explain.report;

import java.util.Arrays;
import java.util.List;

/// How often each class was taken for each: rows are the truth, columns the answers.
///
/// Right answers are grey and mistakes orange, each by its share of the row, so that a rare mistake
/// in a good model can still be seen; the counts are printed.
public final class ConfusionMatrix implements Figure {

  private static final double CELL = 36;

  private final Heading heading;
  private final List<String> classes;
  private final int[][] counts;

  private ConfusionMatrix(Heading heading, List<String> classes, int[][] counts) {
    this.heading = heading;
    this.classes = classes;
    this.counts = counts;
  }

  /// A confusion matrix of `counts[truth][answer]`.
  public static ConfusionMatrix of(String title, String[] classes, int[][] counts) {
    Lengths.need("rows of counts", classes.length, counts.length);
    for (int[] row : counts) {
      Lengths.need("counts in a row", classes.length, row.length);
    }
    int[][] copy = Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
    return new ConfusionMatrix(Heading.of(title), List.of(classes), copy);
  }

  /// The words under the figure.
  public ConfusionMatrix caption(String text) {
    return new ConfusionMatrix(heading.captioned(text), classes, counts);
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
    if (classes.isEmpty()) {
      return Svg.empty(heading, "There are no classes to show.");
    }
    boolean turned = TextWidth.widest(classes, Svg.SIZE) > CELL - 4;
    double left = Math.clamp(TextWidth.widest(classes, Svg.SIZE) + 14, 46, 160);
    double top = 22 + (turned ? TextWidth.climb(classes) : 18);
    double side = classes.size() * CELL;
    double climb = turned ? TextWidth.climb(classes) - CELL / 2 : 0;
    double width = left + Math.max(Math.max(side, 60) + 62, side + climb);
    Svg svg = new Svg(width, top + side + 8, heading, describe());

    svg.text("m s", left, 12, "answer").text("m s e", left - 8, top - 8, "truth");
    svg.text("m s e", left + side + 56, top - 8, "recall");
    for (int i = 0; i < classes.size(); i++) {
      double middle = left + (i + 0.5) * CELL;
      if (turned) {
        svg.turned(middle + 3, top - 7, classes.get(i), 150);
      } else {
        svg.text("c", middle, top - 8, classes.get(i));
      }
      row(svg, i, left, top + i * CELL, side);
    }
    svg.rect("frame", left - 0.5, top - 0.5, side + 1, side + 1);
    return svg.done();
  }

  private void row(Svg svg, int truth, double left, double y, double side) {
    long all = Arrays.stream(counts[truth]).asLongStream().sum();
    svg.text("e", left - 8, y + CELL / 2 + 4, classes.get(truth), left - 10);
    for (int answer = 0; answer < classes.size(); answer++) {
      int count = counts[truth][answer];
      boolean right = answer == truth;
      double share = all == 0 ? 0 : (double) count / all;
      // A single mistake among hundreds must not vanish.
      double opacity = right ? 0.55 * share : count == 0 ? 0 : Math.min(1, 0.18 + 2 * share);
      String tip =
          "is %s, taken for %s: %s of %s"
              .formatted(classes.get(truth), classes.get(answer), count, all);
      double x = left + answer * CELL;
      svg.rect(right ? "plain" : "pos", x, y, CELL, CELL, opacity, tip);
      String ink = count == 0 ? "m c" : !right && opacity > 0.6 ? "c on" : "c";
      svg.text(ink, x + CELL / 2, y + CELL / 2 + 4, count == 0 ? "·" : String.valueOf(count));
    }
    String recall = all == 0 ? "none" : Numbers.fixed(100.0 * counts[truth][truth] / all, 1) + " %";
    svg.text("m e", left + side + 56, y + CELL / 2 + 4, recall);
  }

  private String describe() {
    long all = Arrays.stream(counts).flatMapToInt(Arrays::stream).asLongStream().sum();
    long right = 0;
    for (int i = 0; i < counts.length; i++) {
      right += counts[i][i];
    }
    return "Confusion matrix of %s classes: %s of %s right.".formatted(classes.size(), right, all);
  }
}
