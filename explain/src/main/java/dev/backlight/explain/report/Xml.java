package dev.backlight.explain.report;

/// Text made safe for XML and HTML, in content and in attributes alike.
final class Xml {

  private Xml() {}

  /// The text with markup escaped; what no XML document may hold (control characters, half a
  /// surrogate pair) becomes U+FFFD.
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(out, c));
    return out.toString();
  }

  private static void append(StringBuilder out, int c) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
    }
  }

  private static boolean allowed(int c) {
    if (c < 0x20) {
      return c == '\t' || c == '\n' || c == '\r';
    }
    boolean control = c >= 0x7F && c < 0xA0;
    boolean surrogate = c >= 0xD800 && c < 0xE000;
    boolean nonCharacter = (c & 0xFFFE) == 0xFFFE;
    return !control && !surrogate && !nonCharacter;
  }
}
