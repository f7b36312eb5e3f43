package dev.backlight.explain.report;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// About how wide a text is, so that labels get the room they need.
///
/// No font is at hand where a figure is made and readers' fonts differ, so this is the width in a
/// broad sans serif (DejaVu Sans); narrower fonts leave a little air.
final class TextWidth {

  private static final String NARROW = "iIjl|!'.,:;()[]{}ftr/ -";
  private static final String WIDE = "mwMW@%+=<>\u2212\u00d7\u2192\u03a3";

  private TextWidth() {}

  static double of(String text, double size) {
    return text.codePoints().mapToDouble(TextWidth::em).sum() * size;
  }

  private static double em(int c) {
    if (c < 0x2E80 && NARROW.indexOf(c) >= 0) {
      return 0.38;
    } else if (WIDE.indexOf(c) >= 0) {
      return 0.9;
    } else if (c >= 0x2E80) {
      return 1.1;
    }
    return Character.isUpperCase(c) ? 0.72 : 0.63;
  }

  /// The text, or as much of its beginning as fits, with an ellipsis.
  static String fit(String text, double room, double size) {
    if (of(text, size) <= room) {
      return text;
    }
    int end = text.length();
    while (end > 0 && of(text.substring(0, end), size) + 0.8 * size > room) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end).stripTrailing() + "…";
  }

  /// The text in one line, or cut at the space that leaves the shortest lines.
  static List<String> lines(String text, double room, double size) {
    if (of(text, size) <= room || text.indexOf(' ') < 0) {
      return List.of(text);
    }
    int cut =
        IntStream.range(0, text.length())
            .filter(i -> text.charAt(i) == ' ')
            .boxed()
            .min(Comparator.comparingInt(i -> Math.max(i, text.length() - i)))
            .orElseThrow();
    return List.of(text.substring(0, cut), text.substring(cut + 1));
  }

  /// How far the widest of some labels reaches sideways and up when it climbs at 45°.
  static double climb(Iterable<String> texts) {
    return Math.min(150, widest(texts, Svg.SIZE)) * 0.71 + 10;
  }

  static double widest(Iterable<String> texts, double size) {
    double widest = 0;
    for (String text : texts) {
      widest = Math.max(widest, of(text, size));
    }
    return widest;
  }
}
