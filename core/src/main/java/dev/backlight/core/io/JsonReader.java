package dev.backlight.core.io;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one JSON text by recursive descent; the depth limit bounds the recursion.
final class JsonReader {
  private final String text;
  private int at;
  private final int most;
  private int depth;
  private int values;

  /// @param most how many values there may be, those within others included
  JsonReader(String text, int most) {
    this.text = text;
    this.most = most;
  }

  @Nullable Object read() throws FormatException {
    space();
    Object value = value();
    space();
    if (at < text.length()) {
      throw needs("nothing after its value");
    }
    return value;
  }

  private @Nullable Object value() throws FormatException {
    if (values++ == most) {
      throw new FormatException(
          "JSON needs at most " + most + " values here, got more at " + place(at));
    }
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> throw needs("a value");
    };
  }

  private Map<String, @Nullable Object> object() throws FormatException {
    descend();
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    at++;
    space();
    if (!skip('}')) {
      do {
        space();
        int start = at;
        if (peek() != '"') {
          throw needs("a name in quotes");
        }
        String name = string();
        space();
        if (!skip(':')) {
          throw needs("':'");
        }
        space();
        if (members.containsKey(name)) {
          throw new FormatException(
              "JSON needs names that occur once in an object, got "
                  + quoted(name)
                  + " again at "
                  + place(start));
        }
        members.put(name, value());
        space();
      } while (skip(','));
      if (!skip('}')) {
        throw needs("',' or '}'");
      }
    }
    depth--;
    return Collections.unmodifiableMap(members);
  }

  private List<@Nullable Object> array() throws FormatException {
    descend();
    List<@Nullable Object> items = new ArrayList<>();
    at++;
    space();
    if (!skip(']')) {
      do {
        space();
        items.add(value());
        space();
      } while (skip(','));
      if (!skip(']')) {
        throw needs("',' or ']'");
      }
    }
    depth--;
    return Collections.unmodifiableList(items);
  }

  private void descend() throws FormatException {
    if (++depth > Json.MAX_DEPTH) {
      throw new FormatException(
          "JSON needs nesting of at most " + Json.MAX_DEPTH + " levels, got more at " + place(at));
    }
  }

  private String string() throws FormatException {
    at++;
    StringBuilder out = new StringBuilder();
    while (true) {
      int plain = at;
      while (plain < text.length() && isPlain(text.charAt(plain))) {
        plain++;
      }
      out.append(text, at, plain);
      at = plain;
      char c = peek();
      if (c == '"' && at < text.length()) {
        at++;
        return out.toString();
      }
      if (at >= text.length()) {
        throw needs("'\"' at the end of a string");
      }
      if (c < ' ') {
        throw needs("control characters in strings as escapes");
      }
      at++;
      out.append(escape());
    }
  }

  private static boolean isPlain(char c) {
    return c != '"' && c != '\\' && c >= ' ';
  }

  private char escape() throws FormatException {
    char c = peek();
    if (c == 'u') {
      at++;
      return unicode();
    }
    int found = "\"\\/bfnrt".indexOf(c);
    if (found < 0 || at >= text.length()) {
      throw needs("one of \" \\ / b f n r t u after '\\'");
    }
    at++;
    return "\"\\/\b\f\n\r\t".charAt(found);
  }

  private char unicode() throws FormatException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      char c = peek();
      // Character.digit alone would take the digits of other scripts too.
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw needs("four hexadecimal digits after '\\u'");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private Number number() throws FormatException {
    int start = at;
    skip('-');
    boolean whole = true;
    if (!skip('0')) {
      digits();
    }
    if (skip('.')) {
      whole = false;
      digits();
    }
    if (skip('e') || skip('E')) {
      whole = false;
      if (!skip('+')) {
        skip('-');
      }
      digits();
    }
    String literal = text.substring(start, at);
    if (whole && !literal.equals("-0")) {
      try {
        return Long.parseLong(literal);
      } catch (NumberFormatException e) {
        // Beyond the range of longs: the nearest double, as every JavaScript engine reads it.
      }
    }
    double value = Double.parseDouble(literal);
    if (Double.isInfinite(value)) {
      throw new FormatException(
          "JSON needs numbers in the range of doubles, got "
              + shortened(literal)
              + " at "
              + place(start));
    }
    return value;
  }

  private void digits() throws FormatException {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw needs("a digit");
    }
  }

  private @Nullable Object word(String word, @Nullable Object value) throws FormatException {
    if (!text.startsWith(word, at)) {
      throw needs("a value");
    }
    at += word.length();
    return value;
  }

  private void space() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean skip(char c) {
    boolean here = at < text.length() && text.charAt(at) == c;
    if (here) {
      at++;
    }
    return here;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private FormatException needs(String what) {
    return new FormatException("JSON needs " + what + " at " + place(at) + ", got " + found());
  }

  private String found() {
    if (at >= text.length()) {
      return "the end";
    }
    char c = text.charAt(at);
    return c > ' ' && c < 127 ? "'" + c + "'" : String.format("U+%04X", text.codePointAt(at));
  }

  private String place(int index) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < index; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return "line " + line + ", column " + (index - start + 1);
  }

  private static String quoted(String name) {
    return Json.write(shortened(name));
  }

  private static String shortened(String s) {
    return s.length() <= 60 ? s : s.substring(0, 57) + "...";
  }
}
