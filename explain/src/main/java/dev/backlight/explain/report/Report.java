package dev.backlight.explain.report;

import dev.backlight.core.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A page of figures, tables and prose in one HTML file that needs nothing else.
///
/// The page follows the reader's light or dark setting and has a button for the other. Every figure
/// can be walked with the arrow keys, shows its numbers on hover, and can be saved as an SVG file.
/// Each method returns a longer report and leaves this one as it was.
///
/// Text may hold `*emphasis*`, `**strong**` and `` `code` ``; all else is shown as it is written.
public final class Report {

  private final String title;
  private final String subtitle;
  private final String footer;
  private final List<Block> blocks;

  private Report(String title, String subtitle, String footer, List<Block> blocks) {
    this.title = title;
    this.subtitle = subtitle;
    this.footer = footer;
    this.blocks = blocks;
  }

  /// A piece of the page, from top to bottom.
  sealed interface Block {
    record Section(String title) implements Block {}

    record Text(String text) implements Block {}

    record Code(String text) implements Block {}

    record Figures(List<Figure> figures) implements Block {}

    record Rows(Table table) implements Block {}

    record Tiles(List<Tile> tiles) implements Block {}
  }

  /// A key figure: `97.8 %`, what it is, and a note.
  public record Tile(String value, String label, String note) {
    /// A key figure without a note.
    public static Tile of(String value, String label) {
      return new Tile(value, label, "");
    }

    /// A key figure with a note below.
    public static Tile of(String value, String label, String note) {
      return new Tile(value, label, note);
    }
  }

  /// An empty report.
  public static Report titled(String title) {
    return new Report(title, "", "", List.of());
  }

  /// One sentence under the title.
  public Report subtitle(String text) {
    return new Report(title, text, footer, blocks);
  }

  /// The small print at the end: version, seed, data.
  public Report footer(String text) {
    return new Report(title, subtitle, text, blocks);
  }

  /// Begins a section, which the contents list.
  public Report section(String title) {
    return with(new Block.Section(title));
  }

  /// A paragraph.
  public Report text(String paragraph) {
    return with(new Block.Text(paragraph));
  }

  /// Lines in a fixed-width font, such as a printed tape.
  public Report code(String lines) {
    return with(new Block.Code(lines));
  }

  /// A figure on its own.
  public Report figure(Figure figure) {
    return with(new Block.Figures(List.of(figure)));
  }

  /// Figures side by side where there is room, below each other where there is not.
  public Report figures(List<? extends Figure> figures) {
    return with(new Block.Figures(List.copyOf(figures)));
  }

  /// A table.
  public Report table(Table table) {
    return with(new Block.Rows(table));
  }

  /// Key figures in a row.
  public Report tiles(Tile... tiles) {
    return with(new Block.Tiles(List.of(tiles)));
  }

  private Report with(Block block) {
    List<Block> more = new ArrayList<>(blocks);
    more.add(block);
    return new Report(title, subtitle, footer, List.copyOf(more));
  }

  /// The page.
  public String html() {
    return new Page(title, subtitle, footer).html(blocks);
  }

  /// Writes the page: to a file beside it first, which then takes its place, so that no
  /// half-written page is ever to be found there.
  ///
  /// @throws IOException with one line that says what was needed and what came, such as `cannot
  ///   write /x/y.html: no such directory /x`
  public void writeTo(Path file) throws IOException {
    AtomicFile.writeString(file, html());
  }
}
