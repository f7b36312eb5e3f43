package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// How one answer came about: from `f(baseline)` to `f(x)` by one step for every feature, largest
/// first.
///
/// What the contributions leave unexplained is drawn as a step of its own, so the bars always
/// arrive at `f(x)`, and nothing is hidden by it.
public final class Waterfall implements Figure {

  private static final double ROW = 27;
  private static final double BAR = 16;

  private final Heading heading;
  private final List<Step> steps;
  private final double start;
  private final double end;
  private final int top;
  private final String startLabel;
  private final String endLabel;

  private enum Kind {
    FEATURE,
    OTHERS,
    UNEXPLAINED
  }

  private record Step(String label, double by, Kind kind) {}

  private Waterfall(
      Heading heading,
      List<Step> steps,
      double start,
      double end,
      int top,
      String startLabel,
      String endLabel) {
    this.heading = heading;
    this.steps = steps;
    this.start = start;
    this.end = end;
    this.top = top;
    this.startLabel = startLabel;
    this.endLabel = endLabel;
  }

  /// The features' contributions between `start = f(baseline)` and `end = f(x)`.
  ///
  /// @param names the features
  /// @param values the features' values in this example, as text; an empty array shows names alone
  /// @param contributions what each feature added
  public static Waterfall of(
      String title,
      String[] names,
      String[] values,
      double[] contributions,
      double start,
      double end) {
    Lengths.need("contributions", names.length, contributions.length);
    if (values.length > 0) {
      Lengths.need("values", names.length, values.length);
    }
    List<Step> steps =
        IntStream.range(0, names.length)
            .mapToObj(i ->
                new Step(
                    values.length == 0 ? names[i] : names[i] + " = " + values[i],
                    contributions[i],
                    Kind.FEATURE))
            .toList();
    return new Waterfall(Heading.of(title), steps, start, end, 12, "f(baseline)", "f(x)");
  }

  /// The words under the figure.
  public Waterfall caption(String text) {
    return new Waterfall(heading.captioned(text), steps, start, end, top, startLabel, endLabel);
  }

  /// The unit of the contributions, such as `logit`.
  public Waterfall unit(String unit) {
    return new Waterfall(heading.in(unit), steps, start, end, top, startLabel, endLabel);
  }

  /// Shows so many features and sums up the others; 12 if not said.
  public Waterfall top(int features) {
    return new Waterfall(
        heading, steps, start, end, Lengths.atLeastOne("features", features), startLabel, endLabel);
  }

  /// Other names for the ends than `f(baseline)` and `f(x)`.
  public Waterfall ends(String startLabel, String endLabel) {
    return new Waterfall(heading, steps, start, end, top, startLabel, endLabel);
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
    List<Step> shown = shown();
    double gutter =
        Math.clamp(
            Math.max(
                    TextWidth.widest(shown.stream().map(Step::label).toList(), Svg.SIZE),
                    Math.max(TextWidth.of(startLabel, Svg.SIZE), TextWidth.of(endLabel, Svg.SIZE)))
                + 16,
            90,
            270);
    double plot = 470;
    double margin = 14 + numbers(shown);
    double[] levels = levels(shown);
    double before = reachesLowestDownwards(levels) ? margin : 6;
    double width = gutter + before + plot + margin;
    double height = (shown.size() + 2) * ROW + 44;
    Axis axis = Axis.over(gutter + before, gutter + before + plot, levels).padded(0.01);
    Svg svg = new Svg(width, height, heading, describe(shown));

    grid(svg, axis, height - 44, width);
    double y = 4;
    level(svg, axis, startLabel, start, y, gutter, true);
    double at = start;
    for (Step step : shown) {
      y += ROW;
      at = step(svg, axis, step, at, y, gutter);
    }
    level(svg, axis, endLabel, end, y + ROW, gutter, false);
    return svg.done();
  }

  /// The room that the widest number beside a bar takes; the ends are bold, hence the tenth more.
  private double numbers(List<Step> shown) {
    double ends =
        Math.max(
            TextWidth.of(Numbers.plain(start), Svg.SIZE),
            TextWidth.of(Numbers.plain(end), Svg.SIZE));
    double steps =
        TextWidth.widest(shown.stream().map(s -> Numbers.signed(s.by)).toList(), Svg.SIZE);
    return Math.max(1.1 * ends, steps);
  }

  /// The steps in drawing order: the largest, the sum of the others, and the residual if it can be
  /// seen.
  private List<Step> shown() {
    List<Step> ranked =
        steps.stream()
            .sorted(
                Comparator.comparingDouble((Step s) -> Double.isNaN(s.by) ? -1 : Math.abs(s.by))
                    .reversed())
            .toList();
    // One feature left over is shown by its name: "1 other feature" would take the same room.
    int cut = ranked.size() <= top + 1 ? ranked.size() : top;
    List<Step> shown = new ArrayList<>(ranked.subList(0, cut));
    List<Step> others = ranked.subList(cut, ranked.size());
    if (!others.isEmpty()) {
      shown.add(
          new Step(
              others.size() + " other features",
              others.stream().mapToDouble(Step::by).sum(),
              Kind.OTHERS));
    }
    double residual = end - start - steps.stream().mapToDouble(Step::by).sum();
    double span =
        Math.max(
            Math.abs(end - start), steps.stream().mapToDouble(s -> Math.abs(s.by)).max().orElse(0));
    if (Math.abs(residual) > 2e-3 * span) {
      shown.add(new Step("not explained", residual, Kind.UNEXPLAINED));
    }
    return shown;
  }

  private double[] levels(List<Step> shown) {
    double[] levels = new double[shown.size() + 2];
    levels[0] = start;
    for (int i = 0; i < shown.size(); i++) {
      levels[i + 1] = levels[i] + (Double.isFinite(shown.get(i).by) ? shown.get(i).by : 0);
    }
    levels[shown.size() + 1] = end;
    return levels;
  }

  /// Whether a negative step, whose number stands left of it, comes near the left end.
  private static boolean reachesLowestDownwards(double[] levels) {
    Range range = Range.of(Arrays.stream(levels));
    for (int i = 1; i < levels.length - 1; i++) {
      if (levels[i] < levels[i - 1]
          && levels[i] < range.low() + 0.15 * (range.high() - range.low())) {
        return true;
      }
    }
    return false;
  }

  private void grid(Svg svg, Axis axis, double bottom, double width) {
    Ticks ticks = axis.ticks(6);
    for (int i = 0; i < ticks.at().size(); i++) {
      double x = axis.at(ticks.at().get(i));
      svg.line("grid", x, 0, x, bottom + 4).text("m s c", x, bottom + 19, ticks.labels().get(i));
    }
    svg.text("m s c", (axis.from() + axis.to()) / 2, bottom + 37, heading.unit(), width);
  }

  /// The start or the end: a labelled line across its row.
  private void level(
      Svg svg, Axis axis, String label, double value, double y, double gutter, boolean first) {
    double middle = y + ROW / 2;
    svg.text("b e", gutter - 8, middle + 4, label, gutter - 12);
    if (!Double.isFinite(value)) {
      svg.text("m", axis.from(), middle + 4, Numbers.plain(value));
      return;
    }
    double x = axis.at(value);
    svg.line(
        2,
        "level",
        x,
        middle - BAR / 2,
        x,
        middle + BAR / 2,
        1,
        label + " = " + heading.withUnit(Numbers.plain(value)));
    svg.text("b halo", x + 7, middle + 4, Numbers.plain(value));
    double towards = first ? middle + BAR / 2 : y - (ROW - BAR) / 2;
    svg.line("link", x, towards, x, towards + ROW - BAR);
  }

  private double step(Svg svg, Axis axis, Step step, double from, double y, double gutter) {
    double top = y + (ROW - BAR) / 2;
    double text = y + ROW / 2 + 4;
    String label = step.kind == Kind.FEATURE ? "e" : "m e";
    svg.text(label, gutter - 8, text, step.label, gutter - 12);
    String tip = step.label + ": " + heading.signed(step.by);
    if (!Double.isFinite(step.by)) {
      svg.hatched(axis.at(from), top, 24, BAR, tip)
          .text("m", axis.at(from) + 30, text, Numbers.plain(step.by));
      return from;
    }
    double to = from + step.by;
    double left = Math.min(axis.at(from), axis.at(to));
    double right = Math.max(axis.at(from), axis.at(to));
    if (step.kind == Kind.UNEXPLAINED) {
      svg.hatched(left, top, Math.max(1, right - left), BAR, tip);
    } else {
      svg.rect(step.by < 0 ? "neg" : "pos", left, top, Math.max(1, right - left), BAR, 1, tip);
    }
    String ink = step.kind == Kind.UNEXPLAINED ? "m" : step.by < 0 ? "neg" : "pos";
    if (step.by < 0) {
      svg.text(ink + " e halo", left - 6, text, Numbers.signed(step.by));
    } else {
      svg.text(ink + " halo", right + 6, text, Numbers.signed(step.by));
    }
    svg.line("link", axis.at(to), top + BAR, axis.at(to), top + ROW);
    return to;
  }

  private String describe(List<Step> shown) {
    String ends =
        "From %s = %s to %s = %s %s."
            .formatted(
                startLabel, Numbers.plain(start), endLabel, Numbers.plain(end), heading.unit());
    return shown.isEmpty()
        ? ends
        : ends
            + " Largest step: "
            + shown.getFirst().label
            + ", "
            + heading.signed(shown.getFirst().by)
            + ".";
  }
}
