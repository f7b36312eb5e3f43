package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Lines over a common axis, each named where it ends: deletion and insertion curves, or learning
/// curves.
///
/// Where a value is not finite the line has a gap.
public final class Curves implements Figure {

  private static final double HEIGHT = 220;
  private static final int STOPS = 120;

  private final Heading heading;
  private final String x;
  private final String y;
  private final List<Line> lines;
  private final boolean areas;
  private final boolean logarithmic;

  private record Line(
      String name, double[] xs, double[] ys, double[] low, double[] high, boolean dashed) {}

  private Curves(
      Heading heading, String x, String y, List<Line> lines, boolean areas, boolean logarithmic) {
    this.heading = heading;
    this.x = x;
    this.y = y;
    this.lines = lines;
    this.areas = areas;
    this.logarithmic = logarithmic;
  }

  /// An empty plot with named axes, to which lines are added.
  public static Curves of(String title, String xAxis, String yAxis) {
    return new Curves(Heading.of(title), xAxis, yAxis, List.of(), false, false);
  }

  /// The words under the figure.
  public Curves caption(String text) {
    return new Curves(heading.captioned(text), x, y, lines, areas, logarithmic);
  }

  /// A line through the points.
  public Curves line(String name, double[] xs, double[] ys) {
    return with(name, xs, ys, new double[0], new double[0], false);
  }

  /// A line with a band around it, such as a confidence interval.
  public Curves line(String name, double[] xs, double[] ys, double[] low, double[] high) {
    Lengths.need("lower ends of the band", xs.length, low.length);
    Lengths.need("upper ends of the band", xs.length, high.length);
    return with(name, xs, ys, low, high, false);
  }

  /// A dashed grey line to compare with, such as a random order.
  public Curves baseline(String name, double[] xs, double[] ys) {
    return with(name, xs, ys, new double[0], new double[0], true);
  }

  /// Prints the area under each line beside its name.
  public Curves areas() {
    return new Curves(heading, x, y, lines, true, logarithmic);
  }

  /// Both axes in powers of ten, where equal factors are equal lengths; points that are not
  /// positive leave gaps.
  public Curves logarithmic() {
    return new Curves(heading, x, y, lines, areas, true);
  }

  private Curves with(
      String name, double[] xs, double[] ys, double[] low, double[] high, boolean dashed) {
    Lengths.need("y values", xs.length, ys.length);
    List<Line> more = new ArrayList<>(lines);
    more.add(new Line(name, xs.clone(), ys.clone(), low.clone(), high.clone(), dashed));
    return new Curves(heading, x, y, List.copyOf(more), areas, logarithmic);
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
    if (lines.stream().allMatch(line -> line.xs.length == 0)) {
      return Svg.empty(heading, "There are no points to show.");
    }
    double top = 26;
    double bottom = top + HEIGHT;
    Axis up =
        logarithmic
            ? Axis.powers(bottom, top, all(true))
            : Axis.over(bottom, top, all(true)).rounded(5);
    Ticks upTicks = up.ticks(5);
    double left = TextWidth.widest(upTicks.labels(), Svg.SMALL) + 14;
    double names =
        Math.min(260, TextWidth.widest(lines.stream().map(this::label).toList(), Svg.SIZE)) + 24;
    double plot = Math.max(260, Svg.HALF - left - names);
    Axis along =
        logarithmic
            ? Axis.powers(left, left + plot, all(false))
            : Axis.over(left, left + plot, all(false));
    Svg svg = new Svg(left + plot + names, bottom + 44, heading, describe());

    frame(svg, along, up, upTicks, left, bottom);
    for (int i = 0; i < lines.size(); i++) {
      band(svg, lines.get(i), colour(i), along, up);
    }
    svg.rows();
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, lines.get(i), colour(i), along, up);
    }
    svg.close();
    names(svg, along, up, bottom);
    return svg.done();
  }

  private double[] all(boolean vertical) {
    return lines.stream()
        .flatMapToDouble(line ->
            vertical
                ? java.util.stream.Stream.of(line.ys, line.low, line.high)
                    .flatMapToDouble(Arrays::stream)
                : Arrays.stream(line.xs))
        .toArray();
  }

  /// The colour of a line: its number among the lines that are not dashed, grey for those that are.
  private String colour(int line) {
    long before = lines.subList(0, line).stream().filter(l -> !l.dashed).count();
    return lines.get(line).dashed ? "x" : String.valueOf(before % 6);
  }

  private void frame(Svg svg, Axis along, Axis up, Ticks upTicks, double left, double bottom) {
    svg.text("m s", 0, 12, y);
    for (int i = 0; i < upTicks.at().size(); i++) {
      double at = up.at(upTicks.at().get(i));
      svg.line("grid", left, at, along.to(), at)
          .text("m s e", left - 8, at + 4, upTicks.labels().get(i));
    }
    svg.line("axis", left, bottom, along.to(), bottom);
    Ticks ticks = along.ticks(5);
    for (int i = 0; i < ticks.at().size(); i++) {
      double at = along.at(ticks.at().get(i));
      svg.line("axis", at, bottom, at, bottom + 4)
          .text("m s c", at, bottom + 17, ticks.labels().get(i));
    }
    svg.text("m s c", (along.from() + along.to()) / 2, bottom + 36, x);
  }

  private static void band(Svg svg, Line line, String colour, Axis along, Axis up) {
    if (line.low.length == 0) {
      return;
    }
    StringBuilder d = new StringBuilder();
    for (int k = 0; k < 2 * line.xs.length; k++) {
      int i = k < line.xs.length ? k : 2 * line.xs.length - 1 - k;
      double edge = k < line.xs.length ? line.high[i] : line.low[i];
      if (up.has(edge) && along.has(line.xs[i])) {
        point(d, along.at(line.xs[i]), up.at(edge), !d.isEmpty());
      }
    }
    svg.path("band f" + colour, d + (d.isEmpty() ? "" : "Z"));
  }

  private static void draw(Svg svg, Line line, String colour, Axis along, Axis up) {
    StringBuilder d = new StringBuilder();
    boolean drawing = false;
    for (int i = 0; i < line.xs.length; i++) {
      boolean finite = along.has(line.xs[i]) && up.has(line.ys[i]);
      if (finite) {
        point(d, along.at(line.xs[i]), up.at(line.ys[i]), drawing);
      }
      drawing = finite;
    }
    svg.path("curve c" + colour + (line.dashed ? " dash" : ""), d.toString());
    svg.group("", line.name);
    // Enough stops for the eye and the arrow keys; a training run may have thousands of points.
    int every = Math.max(1, Math.ceilDiv(line.xs.length, STOPS));
    for (int i = 0; i < line.xs.length; i++) {
      boolean finite = along.has(line.xs[i]) && up.has(line.ys[i]);
      if (finite && (i % every == 0 || i == line.xs.length - 1)) {
        String tip = Numbers.plain(line.xs[i]) + " → " + Numbers.plain(line.ys[i]);
        svg.circle("hit", along.at(line.xs[i]), up.at(line.ys[i]), 4, 1, tip);
      }
    }
    svg.close();
  }

  private static void point(StringBuilder d, double x, double y, boolean joined) {
    d.append(joined ? 'L' : 'M')
        .append(Numbers.coordinate(x))
        .append(' ')
        .append(Numbers.coordinate(y));
  }

  /// The names at the lines' ends, pushed apart until they can be read.
  private void names(Svg svg, Axis along, Axis up, double bottom) {
    List<Integer> order =
        IntStream.range(0, lines.size())
            .boxed()
            .filter(i -> last(lines.get(i)) >= 0 && up.has(lines.get(i).ys[last(lines.get(i))]))
            .sorted(Comparator.comparingDouble(i -> up.at(lines.get(i).ys[last(lines.get(i))])))
            .toList();
    double[] at =
        order.stream().mapToDouble(i -> up.at(lines.get(i).ys[last(lines.get(i))])).toArray();
    apart(at, 16, bottom);
    for (int k = 0; k < at.length; k++) {
      Line line = lines.get(order.get(k));
      double endX = along.at(line.xs[last(line)]);
      double endY = up.at(line.ys[last(line)]);
      if (Math.abs(at[k] - endY) > 3 || endX < along.to() - 1) {
        svg.line("leader", endX + 3, endY, along.to() + 13, at[k]);
      }
      svg.text("f" + colour(order.get(k)), along.to() + 16, at[k] + 4, label(line), 260);
    }
  }

  /// Moves sorted heights so that neighbours are `gap` apart and the last stays above `bottom`.
  private static void apart(double[] at, double gap, double bottom) {
    for (int i = 1; i < at.length; i++) {
      at[i] = Math.max(at[i], at[i - 1] + gap);
    }
    double limit = bottom;
    for (int i = at.length - 1; i >= 0 && at[i] > limit; i--) {
      at[i] = limit;
      limit -= gap;
    }
  }

  private static int last(Line line) {
    int i = line.xs.length - 1;
    while (i >= 0 && !(Double.isFinite(line.xs[i]) && Double.isFinite(line.ys[i]))) {
      i--;
    }
    return i;
  }

  private String label(Line line) {
    return areas ? line.name + "  " + Numbers.digits(area(line), 3) : line.name;
  }

  /// The area under a line by the trapezoid rule, in the units of the axes.
  private static double area(Line line) {
    double area = 0;
    for (int i = 1; i < line.xs.length; i++) {
      area += (line.xs[i] - line.xs[i - 1]) * (line.ys[i] + line.ys[i - 1]) / 2;
    }
    return area;
  }

  private String describe() {
    StringBuilder text = new StringBuilder(y + " over " + x + ".");
    for (Line line : lines) {
      int last = last(line);
      text.append(' ').append(label(line));
      text.append(
          last < 0 ? " has no finite point." : " ends at " + Numbers.plain(line.ys[last]) + ".");
    }
    return text.toString();
  }
}
