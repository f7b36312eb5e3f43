package dev.backlight.explain.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Features in order of an amount, largest first: mean magnitudes over a data set, or signed
/// amounts.
public final class BarRanking implements Figure {

  private static final double ROW = 25;
  private static final double BAR = 14;

  private final Heading heading;
  private final List<Bar> bars;
  private final boolean signed;
  private final int top;

  private record Bar(String name, double amount) {}

  private BarRanking(Heading heading, List<Bar> bars, boolean signed, int top) {
    this.heading = heading;
    this.bars = bars;
    this.signed = signed;
    this.top = top;
  }

  /// Amounts without a sign, such as mean |contribution|, in one quiet colour.
  public static BarRanking magnitudes(String title, String[] names, double[] amounts) {
    return new BarRanking(Heading.of(title), bars(names, amounts), false, 15);
  }

  /// Signed amounts on both sides of zero, ranked by magnitude.
  public static BarRanking signed(String title, String[] names, double[] amounts) {
    return new BarRanking(Heading.of(title), bars(names, amounts), true, 15);
  }

  private static List<Bar> bars(String[] names, double[] amounts) {
    Lengths.need("amounts", names.length, amounts.length);
    return IntStream.range(0, names.length)
        .mapToObj(i -> new Bar(names[i], amounts[i]))
        .sorted(
            Comparator.comparingDouble((Bar b) -> Double.isNaN(b.amount) ? -1 : Math.abs(b.amount))
                .reversed())
        .toList();
  }

  /// The words under the figure.
  public BarRanking caption(String text) {
    return new BarRanking(heading.captioned(text), bars, signed, top);
  }

  /// What the amounts are and their unit, such as `mean |contribution|, logit`.
  public BarRanking unit(String unit) {
    return new BarRanking(heading.in(unit), bars, signed, top);
  }

  /// Shows so many of the features; 15 if not said.
  public BarRanking top(int features) {
    return new BarRanking(heading, bars, signed, Lengths.atLeastOne("features", features));
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
    if (bars.isEmpty()) {
      return Svg.empty(heading, "There are no features to show.");
    }
    List<Bar> shown = bars.subList(0, Math.min(top, bars.size()));
    double gutter =
        Math.clamp(
            TextWidth.widest(shown.stream().map(Bar::name).toList(), Svg.SIZE) + 16, 60, 240);
    double number =
        TextWidth.widest(shown.stream().map(b -> label(b.amount)).toList(), Svg.SIZE) + 12;
    double from = gutter + (negative(shown) ? number : 0);
    double plot = Math.max(180, Svg.HALF - from - number - 8);
    double bottom = shown.size() * ROW + 4;
    double[] ends = shown.stream().mapToDouble(Bar::amount).toArray();
    double[] withZero = java.util.Arrays.copyOf(ends, ends.length + 1);
    Axis axis = Axis.over(from, from + plot, withZero);
    int hidden = bars.size() - shown.size();
    Svg svg =
        new Svg(
            from + plot + number + 8, bottom + (hidden > 0 ? 62 : 44), heading, describe(shown));

    Ticks ticks = axis.ticks(4);
    for (int i = 0; i < ticks.at().size(); i++) {
      double x = axis.at(ticks.at().get(i));
      svg.line("grid", x, 0, x, bottom).text("m s c", x, bottom + 15, ticks.labels().get(i));
    }
    for (int i = 0; i < shown.size(); i++) {
      draw(svg, axis, shown.get(i), i * ROW + 2, gutter);
    }
    svg.line("axis", axis.at(0), 0, axis.at(0), bottom);
    svg.text("m s c", from + plot / 2, bottom + 33, heading.unit());
    if (hidden > 0) {
      svg.text(
          "m s",
          from,
          bottom + 54,
          hidden == 1 ? "1 smaller feature not shown" : hidden + " smaller features not shown");
    }
    return svg.done();
  }

  private static boolean negative(List<Bar> shown) {
    return shown.stream().anyMatch(b -> b.amount < 0);
  }

  private void draw(Svg svg, Axis axis, Bar bar, double y, double gutter) {
    double top = y + (ROW - BAR) / 2;
    double text = y + ROW / 2 + 4;
    String tip =
        bar.name + ": " + (signed ? Numbers.signed(bar.amount) : Numbers.plain(bar.amount));
    svg.text("e", gutter - 8, text, bar.name, gutter - 10);
    if (!Double.isFinite(bar.amount)) {
      svg.hatched(axis.at(0), top, 24, BAR, tip)
          .text("m", axis.at(0) + 30, text, label(bar.amount));
      return;
    }
    double zero = axis.at(0);
    double at = axis.at(bar.amount);
    String ink = !signed ? "plain" : bar.amount < 0 ? "neg" : "pos";
    svg.rect(ink, Math.min(zero, at), top, Math.max(0.5, Math.abs(at - zero)), BAR, 1, tip);
    svg.text(
        bar.amount < 0 ? "e halo" : "halo",
        bar.amount < 0 ? at - 6 : at + 6,
        text,
        label(bar.amount));
  }

  private String label(double amount) {
    return (signed && amount > 0 ? "+" : "") + Numbers.digits(amount, 3);
  }

  private String describe(List<Bar> shown) {
    return "Bars of %s features. Largest: %s, %s."
        .formatted(
            shown.size(), shown.getFirst().name, heading.withUnit(label(shown.getFirst().amount)));
  }
}
