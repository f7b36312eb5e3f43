package dev.backlight.explain.report;

import java.util.ArrayList;
import java.util.List;

/// The key to a signed colour scale: a bar with numbers in the data's own unit, and the data's
/// extremes.
///
/// The bar shows only the side of zero on which there are values, unless both are asked for.
record Legend(Diverging scale, Range range, String what, String members, boolean bothSides) {
  Legend(Diverging scale, Range range, String what, String members) {
    this(scale, range, what, members, false);
  }

  static final double HEIGHT = 66;

  private static final int STEPS = 48;

  void draw(Svg svg, double x, double y, double width) {
    svg.group("", "").text("s", x, y + 10, what, members.isEmpty() ? width : width / 2);
    double room = width - Math.min(width / 2, TextWidth.of(what, Svg.SMALL)) - 12;
    svg.text("m s e", x + width, y + 10, members, room);
    if (range.isEmpty()) {
      svg.text("m s", x, y + 28, "no finite value").close();
      return;
    }
    if (scale.reach() == 0) {
      svg.text("m s", x, y + 28, "every value is 0").close();
      return;
    }
    double low = bothSides || range.low() < 0 ? -scale.reach() : 0;
    double high = bothSides || range.high() > 0 || low == 0 ? scale.reach() : 0;
    Axis axis = new Axis(low, high, x, x + width);
    bar(svg, axis, y + 18);
    ticks(svg, axis, y + 28);
    svg.text(
        "m s",
        x,
        y + 60,
        "from " + Numbers.signed(range.low()) + " to " + Numbers.signed(range.high()));
    svg.close();
  }

  private void bar(Svg svg, Axis axis, double y) {
    svg.group("cells", "");
    double step = (axis.to() - axis.from()) / STEPS;
    for (int i = 0; i < STEPS; i++) {
      double share = (i + 0.5) / STEPS;
      double value = axis.low() * (1 - share) + axis.high() * share;
      double from = Math.round(axis.from() + i * step);
      double to = Math.round(axis.from() + (i + 1) * step);
      svg.rect(scale.ink(value), from, y, to - from, 10, scale.opacity(value), "");
    }
    svg.close().rect("frame", axis.from() - 0.5, y - 0.5, axis.to() - axis.from() + 1, 11);
  }

  private void ticks(Svg svg, Axis axis, double y) {
    List<Double> at = new ArrayList<>(List.of(axis.low(), axis.high()));
    List<String> ends = List.of(end(axis.low(), "≤ "), end(axis.high(), "≥ "));
    List<String> labels = new ArrayList<>(ends);
    Ticks inner = axis.ticks(4);
    for (int i = 0; i < inner.at().size(); i++) {
      String label = Numbers.plain(inner.at().get(i));
      if (fits(axis, inner.at().get(i), label, at, labels)) {
        at.add(inner.at().get(i));
        labels.add(label);
      }
    }
    for (int i = 0; i < at.size(); i++) {
      double x = axis.at(at.get(i));
      String anchor = i == 0 ? "s" : i == 1 ? "s e" : "s c";
      svg.line("axis", x, y, x, y + 4).text(anchor, x, y + 15, labels.get(i));
    }
  }

  /// A tick is left out where its label would touch one that is there: the true ends come first.
  private static boolean fits(
      Axis axis, double value, String label, List<Double> at, List<String> labels) {
    double x = axis.at(value);
    double half = TextWidth.of(label, Svg.SMALL) / 2;
    double left = axis.from() + TextWidth.of(labels.get(0), Svg.SMALL);
    double right = axis.to() - TextWidth.of(labels.get(1), Svg.SMALL);
    boolean clear = x - half > left + 6 && x + half < right - 6;
    for (int i = 2; i < at.size(); i++) {
      clear &=
          Math.abs(x - axis.at(at.get(i))) > half + TextWidth.of(labels.get(i), Svg.SMALL) / 2 + 6;
    }
    return clear;
  }

  /// The label at an end of the bar, which says so when data go beyond it.
  private String end(double value, String beyond) {
    boolean exceeded =
        value != 0
            && range.reach() > scale.reach() * (1 + 1e-12)
            && (value > 0 ? range.high() > value : range.low() < value);
    return (exceeded ? beyond : "") + Numbers.plain(value);
  }
}
