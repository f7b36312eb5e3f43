package dev.backlight.explain.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A whole data set's explanations: a row for every feature, a dot for every example.
///
/// A dot's place is what the feature contributed to that example's answer, and its colour is the
/// feature's value there, from low to high within the feature (5th to 95th percentile); grey is
/// missing. Rows are ordered by mean |contribution|, which is printed at their end.
public final class Beeswarm implements Figure {

  private static final double ROW = 42;
  private static final double PLOT = 600;
  private static final double DOT = 3.8;
  private static final int SHADES = 10;

  private final Heading heading;
  private final List<String> names;
  private final Grid contributions;
  private final Grid values;
  private final int top;

  private Beeswarm(Heading heading, List<String> names, Grid contributions, Grid values, int top) {
    this.heading = heading;
    this.names = names;
    this.contributions = contributions;
    this.values = values;
    this.top = top;
  }

  /// A beeswarm of `contributions[example][feature]`, coloured by `values[example][feature]`.
  public static Beeswarm of(
      String title, String[] names, double[][] contributions, double[][] values) {
    Lengths.need("rows of values", contributions.length, values.length);
    if (contributions.length > 0) {
      Lengths.need("contributions in a row", names.length, contributions[0].length);
      Lengths.need("values in a row", names.length, values[0].length);
    }
    return new Beeswarm(
        Heading.of(title), List.of(names), Grid.of(contributions), Grid.of(values), 12);
  }

  /// The words under the figure.
  public Beeswarm caption(String text) {
    return new Beeswarm(heading.captioned(text), names, contributions, values, top);
  }

  /// The unit of the contributions, such as `logit`.
  public Beeswarm unit(String unit) {
    return new Beeswarm(heading.in(unit), names, contributions, values, top);
  }

  /// Shows so many features; 12 if not said.
  public Beeswarm top(int features) {
    return new Beeswarm(
        heading, names, contributions, values, Lengths.atLeastOne("features", features));
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
    if (contributions.isEmpty()) {
      return Svg.empty(heading, "There are no examples to show.");
    }
    int[] features = ranked();
    List<String> shown = Arrays.stream(features).mapToObj(names::get).toList();
    double gutter = Math.clamp(TextWidth.widest(shown, Svg.SIZE) + 18, 60, 220);
    double head = 24;
    double bottom = head + features.length * ROW;
    double width = gutter + PLOT + 108;
    double[] all =
        Arrays.stream(features)
            .boxed()
            .flatMapToDouble(f -> Arrays.stream(column(contributions, f)))
            .toArray();
    double[] withZero = Arrays.copyOf(all, all.length + 1);
    Axis axis = Axis.over(gutter, gutter + PLOT, withZero).padded(0.02);
    Svg svg = new Svg(width, bottom + 96, heading, describe(shown));

    axes(svg, axis, head, bottom);
    svg.text("m s e", width - 8, 14, "mean |contribution|");
    double[][] xs = Arrays.stream(features).mapToObj(f -> pixels(axis, f)).toArray(double[][]::new);
    svg.rows();
    for (int i = 0; i < features.length; i++) {
      row(svg, features[i], xs[i], head + (i + 0.5) * ROW, gutter, width);
    }
    svg.close();
    legend(svg, gutter, bottom + 58);
    return svg.done();
  }

  private int[] ranked() {
    return IntStream.range(0, names.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer f) -> meanMagnitude(f)).reversed())
        .limit(top)
        .mapToInt(f -> f)
        .toArray();
  }

  private double meanMagnitude(int feature) {
    return Arrays.stream(column(contributions, feature))
        .filter(Double::isFinite)
        .map(Math::abs)
        .average()
        .orElse(0);
  }

  private static double[] column(Grid grid, int column) {
    return IntStream.range(0, grid.rows()).mapToDouble(r -> grid.at(r, column)).toArray();
  }

  private double[] pixels(Axis axis, int feature) {
    return Arrays.stream(column(contributions, feature))
        .map(v -> Double.isFinite(v) ? axis.at(v) : Double.NaN)
        .toArray();
  }

  private void axes(Svg svg, Axis axis, double top, double bottom) {
    Ticks ticks = axis.ticks(7);
    for (int i = 0; i < ticks.at().size(); i++) {
      double x = axis.at(ticks.at().get(i));
      svg.line("grid", x, top, x, bottom + 4).text("m s c", x, bottom + 18, ticks.labels().get(i));
    }
    svg.line("axis", axis.at(0), top, axis.at(0), bottom + 4);
    String unit = heading.unit().isEmpty() ? "contribution" : "contribution, " + heading.unit();
    svg.text("m s c", axis.from() + PLOT / 2, bottom + 36, unit);
  }

  private void row(Svg svg, int feature, double[] xs, double y, double gutter, double width) {
    svg.text("e", gutter - 10, y + 4, names.get(feature), gutter - 14);
    svg.text("m e", width - 8, y + 4, Numbers.digits(meanMagnitude(feature), 3));
    double[] offsets = Swarm.of(xs, DOT, ROW / 2 - 1 - DOT / 2);
    double[] value = column(values, feature);
    int[] shades = shades(value);
    svg.group("swarm", names.get(feature));
    for (int shade = -1; shade < SHADES; shade++) {
      int wanted = shade;
      int[] dots =
          IntStream.range(0, xs.length)
              .filter(i -> shades[i] == wanted && !Double.isNaN(xs[i]))
              .toArray();
      if (dots.length == 0) {
        continue;
      }
      svg.dots(shade < 0 ? "qx" : "q" + shade, DOT * 0.92);
      for (int i : dots) {
        String was = Double.isNaN(value[i]) ? "missing" : Numbers.plain(value[i]);
        svg.dot(xs[i], y + offsets[i], was + " → " + signed3(contributions.at(i, feature)));
      }
      svg.close();
    }
    svg.close();
    long lost = Arrays.stream(xs).filter(Double::isNaN).count();
    if (lost > 0) {
      svg.text("m s e halo", gutter + PLOT, y + 15, lost + " not a number");
    }
  }

  private static String signed3(double value) {
    return (value > 0 ? "+" : "") + Numbers.digits(value, 3);
  }

  /// A shade for every value, −1 for a missing one.
  private static int[] shades(double[] values) {
    double[] sorted = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return Arrays.stream(values).mapToInt(_ -> -1).toArray();
    }
    double low = sorted[(int) Math.round(0.05 * (sorted.length - 1))];
    double high = sorted[(int) Math.round(0.95 * (sorted.length - 1))];
    if (high == low) {
      low = sorted[0];
      high = sorted[sorted.length - 1];
    }
    Axis axis = new Axis(low, high, 0, SHADES);
    boolean flat = low == high;
    return Arrays.stream(values)
        .mapToInt(
            v -> Double.isNaN(v) ? -1 : flat ? SHADES / 2 : (int) Math.min(SHADES - 1, axis.at(v)))
        .toArray();
  }

  private void legend(Svg svg, double x, double y) {
    svg.text("m s", x, y + 9, "feature value:  low");
    double at = x + TextWidth.of("feature value:  low", Svg.SMALL) + 12;
    svg.group("swarm", "").dots("", 10);
    for (int i = 0; i < SHADES; i++) {
      svg.path(
          "q" + i, "M" + Numbers.coordinate(at + i * 13) + " " + Numbers.coordinate(y + 5) + "h0");
    }
    double after = at + SHADES * 13;
    svg.path("qx", "M" + Numbers.coordinate(after + 52) + " " + Numbers.coordinate(y + 5) + "h0");
    svg.close().close();
    svg.text("m s", after, y + 9, "high").text("m s", after + 62, y + 9, "missing");
  }

  private String describe(List<String> shown) {
    return "Beeswarm of %s examples; features by mean |contribution|: %s."
        .formatted(contributions.rows(), String.join(", ", shown));
  }
}
