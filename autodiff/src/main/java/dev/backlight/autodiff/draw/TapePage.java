package dev.backlight.autodiff.draw;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A tape drawn on one HTML page that loads nothing from elsewhere: boxes from inputs to outputs,
/// coloured by family, with the user's lines; below it the printed tape.
///
/// It is vector graphics and may be printed or searched; a pointer on a box shows the whole op.
/// Past [#MOST] boxes a picture tells nothing any more, and the call is refused.
public final class TapePage {
  /// The most boxes that are drawn.
  public static final int MOST = 1500;

  private static final double HEIGHT = 40;
  private static final double CHARACTER = 7.3;

  private TapePage() {}

  /// Writes the page to a file, all of it or nothing.
  public static void write(Tape<?, ?> tape, Path file) throws IOException {
    AtomicFile.writeString(file, of(tape));
  }

  /// The page as text.
  public static String of(Tape<?, ?> tape) {
    TapeGraph graph = TapeGraph.of(tape);
    if (graph.boxes().size() > MOST) {
      throw new IllegalArgumentException(
          "a drawing needs at most "
              + MOST
              + " boxes, got "
              + graph.boxes().size()
              + "; draw a part of the tape, or print it");
    }
    double[] widths = graph.boxes().stream().mapToDouble(TapePage::width).toArray();
    List<int[]> arrows = graph.arrows().stream().map(a -> new int[] {a.from(), a.to()}).toList();
    Layering layout = new Layering(widths, arrows);
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<title>Tape</title>\n<style>\n").append(style()).append("</style>\n");
    page.append("<h1>A tape of ").append(count(tape.nodes().size())).append("</h1>\n");
    legend(page, graph);
    svg(page, graph, layout, widths);
    page.append("<details open><summary>As text</summary>\n<pre>");
    page.append(escaped(tape.toString())).append("</pre></details>\n</html>\n");
    return page.toString();
  }

  private static String count(int nodes) {
    return nodes == 1 ? "one node" : nodes + " nodes";
  }

  private static double width(TapeGraph.Box box) {
    int characters = Math.max(box.title().length(), box.detail().length());
    return Math.max(56, characters * CHARACTER + 18);
  }

  private static void legend(StringBuilder page, TapeGraph graph) {
    Set<TapeGraph.Kind> present = EnumSet.noneOf(TapeGraph.Kind.class);
    graph.boxes().forEach(box -> present.add(box.kind()));
    page.append("<p class=\"legend\">");
    for (TapeGraph.Kind kind : present) {
      page.append("<span class=\"").append(name(kind)).append("\"><i></i>");
      page.append(kind.word).append("</span>");
    }
    page.append("</p>\n");
  }

  private static void svg(StringBuilder page, TapeGraph graph, Layering layout, double[] widths) {
    double margin = 8;
    page.append("<div class=\"tape\"><svg width=\"").append(n(layout.width() + 2 * margin));
    page.append("\" height=\"").append(n(layout.height(HEIGHT) + 2 * margin));
    page.append("\" role=\"img\" aria-label=\"the tape as a graph\">\n");
    page.append("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" ");
    page.append("markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">");
    page.append("<path d=\"M0 0L8 4L0 8Z\"/></marker></defs>\n");
    page.append("<g transform=\"translate(").append(n(margin)).append(' ');
    page.append(n(margin)).append(")\">\n");
    for (int a = 0; a < graph.arrows().size(); a++) {
      page.append("<path class=\"arrow\" d=\"").append(curve(layout.bends(a), layout));
      page.append("\"><title>").append(escaped(graph.arrows().get(a).shape()));
      page.append("</title></path>\n");
    }
    for (int b = 0; b < graph.boxes().size(); b++) {
      box(page, graph.boxes().get(b), layout.x(b), layout.y(b, HEIGHT), widths[b]);
    }
    page.append("</g></svg></div>\n");
  }

  /// From the lower edge of one box through the bends to the upper edge of another.
  private static String curve(List<double[]> bends, Layering layout) {
    double row = layout.rowHeight(HEIGHT);
    StringBuilder d = new StringBuilder();
    double x = bends.getFirst()[0];
    double y = bends.getFirst()[1] * row + HEIGHT;
    d.append('M').append(n(x)).append(' ').append(n(y));
    for (int i = 1; i < bends.size(); i++) {
      boolean last = i == bends.size() - 1;
      double toX = bends.get(i)[0];
      double toY = bends.get(i)[1] * row - (last ? 1 : 0);
      double middle = (y + toY) / 2;
      d.append('C').append(n(x)).append(' ').append(n(middle)).append(' ').append(n(toX));
      d.append(' ').append(n(middle)).append(' ').append(n(toX)).append(' ').append(n(toY));
      if (!last) {
        toY += HEIGHT;
        d.append('V').append(n(toY));
      }
      x = toX;
      y = toY;
    }
    return d.toString();
  }

  private static void box(StringBuilder page, TapeGraph.Box box, double x, double y, double wide) {
    page.append("<g class=\"").append(name(box.kind())).append("\"><title>");
    page.append(escaped(box.hint())).append("</title><rect x=\"").append(n(x - wide / 2));
    page.append("\" y=\"").append(n(y)).append("\" width=\"").append(n(wide));
    page.append("\" height=\"").append(n(HEIGHT)).append("\" rx=\"6\"/>");
    text(page, "title", x, y + 17, box.title());
    text(page, "detail", x, y + 32, box.detail());
    page.append("</g>\n");
  }

  private static void text(StringBuilder page, String kind, double x, double y, String text) {
    page.append("<text class=\"").append(kind).append("\" x=\"").append(n(x));
    page.append("\" y=\"").append(n(y)).append("\">").append(escaped(text)).append("</text>");
  }

  private static String name(TapeGraph.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String style() {
    StringBuilder css = new StringBuilder();
    css.append(
        """
        :root { color-scheme: light dark; --ink: #1c2126; --soft: #5b6570; --line: #9aa4ae; --page: #fbfcfd; }
        body { margin: 24px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
        h1 { font-size: 20px; font-weight: 600; margin: 0 0 8px; }
        .tape { overflow-x: auto; }
        .arrow { fill: none; stroke: var(--line); stroke-width: 1.3; marker-end: url(#tip); }
        .arrow:hover { stroke: var(--ink); stroke-width: 2.4; }
        marker path { fill: var(--line); }
        rect { stroke: var(--line); }
        .input rect, .output rect { stroke: var(--ink); stroke-width: 1.6; }
        g:hover > rect { stroke: var(--ink); stroke-width: 2; }
        text { text-anchor: middle; fill: var(--ink); font: 12px ui-monospace, Menlo, Consolas, monospace; }
        text.title { font-weight: 600; }
        text.detail { fill: var(--soft); }
        .legend { color: var(--soft); margin: 0 0 16px; }
        .legend span { margin-right: 14px; white-space: nowrap; }
        .legend i { display: inline-block; width: 12px; height: 12px; border: 1px solid var(--line); border-radius: 3px; margin-right: 5px; vertical-align: -1px; }
        summary { margin: 16px 0 4px; color: var(--soft); cursor: pointer; }
        pre { font: 12px/1.45 ui-monospace, Menlo, Consolas, monospace; overflow-x: auto; }
        """);
    for (TapeGraph.Kind kind : TapeGraph.Kind.values()) {
      fill(css, kind, Palette.light(kind));
    }
    css.append("@media (prefers-color-scheme: dark) {\n");
    css.append(":root { --ink: #e6e9ec; --soft: #a2adb8; --line: #66717c; --page: #101316; }\n");
    for (TapeGraph.Kind kind : TapeGraph.Kind.values()) {
      fill(css, kind, Palette.dark(kind));
    }
    return css.append("}\n").toString();
  }

  private static void fill(StringBuilder css, TapeGraph.Kind kind, String colour) {
    String name = name(kind);
    css.append('.').append(name).append(" rect { fill: ").append(colour).append("; } .");
    css.append(name).append(" i { background: ").append(colour).append("; }\n");
  }

  private static String n(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }
}
