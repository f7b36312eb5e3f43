package dev.backlight.explain.report;

/// An SVG document being written: shapes with a class, an opacity and a tip.
///
/// The tip is the shape's `<title>`: browsers show it on hover, and the report turns it into a stop
/// for the arrow keys.
final class Svg {

  static final double SIZE = 12;
  static final double SMALL = 11;

  /// How much wider semibold letters are.
  static final double BOLD = 1.12;

  /// The width at which two figures stand side by side on a page.
  static final double HALF = 472;

  private final StringBuilder out = new StringBuilder(4096);

  Svg(double width, double height, Heading heading, String description) {
    String w = Numbers.coordinate(Math.ceil(width));
    String h = Numbers.coordinate(Math.ceil(height));
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bl\" role=\"img\" width=\"")
        .append(w)
        .append("\" height=\"")
        .append(h)
        .append("\" viewBox=\"0 0 ")
        .append(w)
        .append(' ')
        .append(h)
        .append("\">");
    out.append("<title>").append(Xml.escape(heading.title())).append("</title>");
    out.append("<desc>").append(Xml.escape(description)).append("</desc>");
    out.append(styleElement());
    out.append("<rect class=\"paper\" width=\"")
        .append(w)
        .append("\" height=\"")
        .append(h)
        .append("\"/>\n");
  }

  /// What a figure has that stands alone and a page has once for all its figures.
  static String styleElement() {
    return "<style>\n" + Theme.standalone() + "</style>";
  }

  /// A drawing with nothing in it but the reason why.
  static String empty(Heading heading, String reason) {
    return new Svg(360, 64, heading, reason).text("m", 16, 36, reason).done();
  }

  Svg rect(String classes, double x, double y, double width, double height) {
    return rect(classes, x, y, width, height, 1, "");
  }

  Svg rect(
      String classes, double x, double y, double width, double height, double opacity, String tip) {
    start("rect", classes);
    number("x", x);
    number("y", y);
    number("width", Math.max(0, width));
    number("height", Math.max(0, height));
    opacity(opacity);
    return end("rect", tip);
  }

  /// A cell whose value is not a number: grey, with a diagonal hatch.
  Svg hatched(double x, double y, double width, double height, String tip) {
    out.append("<g>");
    title(tip);
    rect("nan", x, y, width, height);
    StringBuilder d = new StringBuilder();
    double step = Math.max(3, Math.min(width, height) / 3);
    for (double at = step; at < width + height; at += step) {
      move(d, x + Math.min(at, width), y + Math.max(0, at - width));
      d.append('L')
          .append(Numbers.coordinate(x + Math.max(0, at - height)))
          .append(' ')
          .append(Numbers.coordinate(y + Math.min(at, height)));
    }
    path("hatch", d.toString());
    return close();
  }

  Svg circle(String classes, double x, double y, double radius, double opacity, String tip) {
    start("circle", classes);
    number("cx", x);
    number("cy", y);
    number("r", radius);
    opacity(opacity);
    return end("circle", tip);
  }

  Svg line(String classes, double x1, double y1, double x2, double y2) {
    start("line", classes);
    number("x1", x1);
    number("y1", y1);
    number("x2", x2);
    number("y2", y2);
    return end("line", "");
  }

  Svg line(
      double strokeWidth,
      String classes,
      double x1,
      double y1,
      double x2,
      double y2,
      double opacity,
      String tip) {
    start("line", classes);
    number("x1", x1);
    number("y1", y1);
    number("x2", x2);
    number("y2", y2);
    number("stroke-width", strokeWidth);
    if (opacity < 1) {
      number("stroke-opacity", opacity);
    }
    return end("line", tip);
  }

  Svg path(String classes, String d) {
    start("path", classes);
    out.append(" d=\"").append(d).append('"');
    return end("path", "");
  }

  /// A dot of the stroke width of its group: a line of length zero with round ends, the shortest
  /// way to write one when there are thousands.
  Svg dot(double x, double y, String tip) {
    out.append("<path d=\"M").append(tenths(x)).append(' ').append(tenths(y)).append("h0\"");
    return end("path", tip);
  }

  private static String tenths(double value) {
    return Numbers.coordinate(Math.round(value * 10) / 10.0);
  }

  Svg text(String classes, double x, double y, String text) {
    if (text.isEmpty()) {
      return this;
    }
    start("text", classes);
    number("x", x);
    number("y", y);
    out.append('>').append(Xml.escape(text)).append("</text>\n");
    return this;
  }

  /// The text, cut where its room ends; what was cut can be read on hover.
  Svg text(String classes, double x, double y, String text, double room) {
    boolean bold = classes.startsWith("b");
    boolean small = classes.contains("s");
    if (text.isEmpty()) {
      return this;
    }
    String fitted = TextWidth.fit(text, room, bold ? SIZE * BOLD : small ? SMALL : SIZE);
    if (fitted.equals(text)) {
      return text(classes, x, y, text);
    }
    start("text", classes);
    number("x", x);
    number("y", y);
    out.append('>').append(Xml.escape(fitted));
    title(text);
    out.append("</text>\n");
    return this;
  }

  /// A label that climbs to the right from its place, for columns narrower than their names.
  Svg turned(double x, double y, String text, double room) {
    String at = Numbers.coordinate(x) + " " + Numbers.coordinate(y);
    out.append("<text transform=\"translate(")
        .append(at)
        .append(") rotate(-45)\">")
        .append(Xml.escape(TextWidth.fit(text, room, SIZE)))
        .append("</text>\n");
    return this;
  }

  /// Opens a group; its label is read before the tips of what is inside.
  Svg group(String classes, String label) {
    start("g", classes);
    if (!label.isEmpty()) {
      out.append(" aria-label=\"").append(Xml.escape(label)).append('"');
    }
    out.append('>');
    return this;
  }

  /// Opens a group of dots of this diameter.
  Svg dots(String classes, double diameter) {
    start("g", classes);
    number("stroke-width", diameter);
    out.append('>');
    return this;
  }

  /// Opens a group in which left and right stay within a labelled row.
  Svg rows() {
    out.append("<g data-nav=\"rows\">");
    return this;
  }

  Svg close() {
    out.append("</g>\n");
    return this;
  }

  String done() {
    return out.append("</svg>\n").toString();
  }

  static void move(StringBuilder d, double x, double y) {
    d.append('M').append(Numbers.coordinate(x)).append(' ').append(Numbers.coordinate(y));
  }

  private void start(String name, String classes) {
    out.append('<').append(name);
    if (!classes.isEmpty()) {
      out.append(" class=\"").append(classes).append('"');
    }
  }

  private void number(String name, double value) {
    out.append(' ').append(name).append("=\"").append(Numbers.coordinate(value)).append('"');
  }

  private void opacity(double opacity) {
    if (opacity < 1) {
      out.append(" fill-opacity=\"").append(Math.round(opacity * 1000) / 1000.0).append('"');
    }
  }

  private Svg end(String name, String tip) {
    if (tip.isEmpty()) {
      out.append("/>\n");
    } else {
      out.append('>');
      title(tip);
      out.append("</").append(name).append(">\n");
    }
    return this;
  }

  private void title(String tip) {
    out.append("<title>").append(Xml.escape(tip)).append("</title>");
  }
}
