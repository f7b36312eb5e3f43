package dev.backlight.explain.report;

import dev.backlight.explain.report.Report.Block;
import dev.backlight.explain.report.Report.Tile;
import java.util.List;

/// The HTML of a [Report]: one file with its style and script inside.
final class Page {

  private static final String STYLE = Resource.text("report.css");
  private static final String SCRIPT = Resource.text("report.js");

  private final String title;
  private final String subtitle;
  private final String footer;
  private final StringBuilder out = new StringBuilder(1 << 16);

  Page(String title, String subtitle, String footer) {
    this.title = title;
    this.subtitle = subtitle;
    this.footer = footer;
  }

  String html(List<Block> blocks) {
    head();
    contents(blocks);
    out.append("<main id=\"main\">\n<header class=\"title\">\n<h1>")
        .append(Xml.escape(title))
        .append("</h1>\n");
    if (!subtitle.isEmpty()) {
      out.append("<p class=\"subtitle\">").append(Inline.html(subtitle)).append("</p>\n");
    }
    out.append("</header>\n");
    body(blocks);
    if (!footer.isEmpty()) {
      out.append("<footer>").append(Inline.html(footer)).append("</footer>\n");
    }
    out.append("</main>\n</div>\n");
    out.append(
        "<div id=\"tip\" hidden></div>\n"
            + "<div id=\"live\" class=\"unseen\" aria-live=\"polite\"></div>\n");
    out.append("<script type=\"text/plain\" id=\"figure-style\">\n")
        .append(Theme.standalone())
        .append("</script>\n");
    return out.append("<script>\n")
        .append(SCRIPT)
        .append("</script>\n</body>\n</html>\n")
        .toString();
  }

  private void head() {
    // The policy lets the page reach nothing outside itself, whatever the data contain.
    out.append(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
        style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <link rel="icon" href="data:,">
        """);
    out.append("<title>").append(Xml.escape(title)).append("</title>\n");
    out.append("<style>\n")
        .append(Theme.page())
        .append(STYLE)
        .append("</style>\n</head>\n<body>\n");
    out.append("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<div class=\"page\">\n");
  }

  private void contents(List<Block> blocks) {
    out.append(
        "<nav aria-label=\"Contents\">\n"
            + "<button type=\"button\" id=\"theme\">Dark</button>\n"
            + "<ol>\n");
    int section = 0;
    for (Block block : blocks) {
      if (block instanceof Block.Section(String name)) {
        section++;
        out.append("<li><a href=\"#s")
            .append(section)
            .append("\">")
            .append(Xml.escape(name))
            .append("</a></li>\n");
      }
    }
    out.append("</ol>\n</nav>\n");
  }

  private void body(List<Block> blocks) {
    int section = 0;
    for (Block block : blocks) {
      if (block instanceof Block.Section(String name)) {
        out.append(section > 0 ? "</section>\n" : "");
        section++;
        out.append("<section id=\"s")
            .append(section)
            .append("\">\n<h2>")
            .append(Xml.escape(name))
            .append("</h2>\n");
      } else {
        block(block);
      }
    }
    out.append(section > 0 ? "</section>\n" : "");
  }

  private void block(Block block) {
    switch (block) {
      case Block.Section _ -> {}
      case Block.Text(String text) -> out.append("<p>").append(Inline.html(text)).append("</p>\n");
      case Block.Code(String text) ->
          out.append("<pre tabindex=\"0\"><code>")
              .append(Xml.escape(text))
              .append("</code></pre>\n");
      case Block.Rows(Table table) -> out.append(table.html());
      case Block.Tiles(List<Tile> tiles) -> {
        out.append("<dl class=\"tiles\">\n");
        tiles.forEach(this::tile);
        out.append("</dl>\n");
      }
      case Block.Figures(List<Figure> figures) -> {
        out.append("<div class=\"figures\">\n");
        figures.forEach(this::figure);
        out.append("</div>\n");
      }
    }
  }

  private void tile(Tile tile) {
    out.append("<div><dt>")
        .append(Xml.escape(tile.label()))
        .append("</dt><dd><b>")
        .append(Xml.escape(tile.value()))
        .append("</b>");
    if (!tile.note().isEmpty()) {
      out.append("<span>").append(Xml.escape(tile.note())).append("</span>");
    }
    out.append("</dd></div>\n");
  }

  private static double width(String svg) {
    int from = svg.indexOf(" width=\"") + 8;
    return Double.parseDouble(svg.substring(from, svg.indexOf('"', from)));
  }

  private void figure(Figure figure) {
    String name = Xml.escape(figure.title());
    out.append("<figure>\n<div class=\"bar\"><h3>").append(name).append("</h3>");
    out.append("<button type=\"button\" class=\"save\" aria-label=\"Save as SVG: ")
        .append(name)
        .append("\">Save as SVG</button></div>\n");
    String svg = figure.svg();
    out.append("<div class=\"scroll drawing")
        .append(width(svg) <= Svg.HALF ? " half" : "")
        .append("\" tabindex=\"0\" role=\"application\" aria-label=\"")
        .append(name)
        .append(". Arrow keys move over the values.\">\n");
    // The page has the figures' style once for all of them.
    out.append(svg.replace(Svg.styleElement(), ""));
    out.append("</div>\n");
    if (!figure.caption().isEmpty()) {
      out.append("<figcaption>").append(Inline.html(figure.caption())).append("</figcaption>\n");
    }
    out.append("</figure>\n");
  }
}
