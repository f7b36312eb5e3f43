package dev.backlight.core.io;

import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes one value as JSON: every part becomes a text, and an object or array joins the texts of
/// its parts.
final class JsonWriter {
  private static final int WIDTH = 100;

  private final boolean pretty;
  private final boolean nullForNonFinite;
  private final boolean insideHtml;
  private final Deque<String> path = new ArrayDeque<>();

  JsonWriter(Set<Json.Style> styles) {
    pretty = styles.contains(Json.Style.PRETTY);
    nullForNonFinite = styles.contains(Json.Style.NULL_FOR_NON_FINITE);
    insideHtml = styles.contains(Json.Style.INSIDE_HTML);
  }

  String write(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Boolean b -> b.toString();
      case Byte _, Short _, Integer _, Long _ -> value.toString();
      case Double d -> real(Double.isFinite(d), d);
      case Float f -> real(Float.isFinite(f), f);
      case CharSequence s -> string(s);
      case Enum<?> e -> string(e.name());
      case Map<?, ?> map -> object(map);
      case Iterable<?> items -> array(items);
      case Object array when array.getClass().isArray() -> array(listed(array));
      default ->
          throw new IllegalArgumentException(
              "JSON holds maps, lists, arrays, strings, numbers, booleans and null, got "
                  + value.getClass().getName()
                  + place());
    };
  }

  private String real(boolean finite, Number number) {
    if (!finite && !nullForNonFinite) {
      throw new IllegalArgumentException("JSON has no " + number + ", got it" + place());
    }
    return finite ? number.toString() : "null";
  }

  private String object(Map<?, ?> map) {
    checkDepth();
    List<String> parts = new ArrayList<>(map.size());
    for (Map.Entry<?, ?> member : map.entrySet()) {
      if (!(member.getKey() instanceof String name)) {
        throw new IllegalArgumentException(
            "JSON needs names that are strings, got " + member.getKey() + place());
      }
      path.addLast(path.isEmpty() ? name : "." + name);
      parts.add(string(name) + (pretty ? ": " : ":") + write(member.getValue()));
      path.removeLast();
    }
    return joined("{", parts, "}", false);
  }

  private String array(Iterable<?> items) {
    checkDepth();
    List<String> parts = new ArrayList<>();
    boolean scalars = true;
    for (Object item : items) {
      path.addLast("[" + parts.size() + "]");
      String part = write(item);
      scalars &= !part.startsWith("{") && !part.startsWith("[");
      parts.add(part);
      path.removeLast();
    }
    return joined("[", parts, "]", scalars);
  }

  private void checkDepth() {
    if (path.size() == Json.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "JSON needs nesting of at most " + Json.MAX_DEPTH + " levels, got more");
    }
  }

  private String joined(String open, List<String> parts, String close, boolean fill) {
    if (!pretty || parts.isEmpty()) {
      return open + String.join(",", parts) + close;
    }
    int room = WIDTH - 2 * path.size() - 2;
    int length = parts.stream().mapToInt(part -> part.length() + 2).sum();
    if (length <= room && parts.stream().noneMatch(part -> part.indexOf('\n') >= 0)) {
      return open + String.join(", ", parts) + close;
    }
    String indent = "\n" + "  ".repeat(path.size() + 1);
    StringBuilder text = new StringBuilder(open).append(indent);
    int column = 0;
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      if (i > 0) {
        boolean same = fill && column + part.length() + 2 <= room;
        text.append(',').append(same ? " " : indent);
        column = same ? column + 2 : 0;
      }
      text.append(part);
      column += part.length();
    }
    return text.append("\n").append("  ".repeat(path.size())).append(close).toString();
  }

  private String string(CharSequence s) {
    StringBuilder text = new StringBuilder(s.length() + 2).append('"');
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (needsEscape(s, i)) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append('"').toString();
  }

  private boolean needsEscape(CharSequence s, int i) {
    char c = s.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == s.length() || !Character.isLowSurrogate(s.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i == 0 || !Character.isHighSurrogate(s.charAt(i - 1));
    }
    // U+2028 and U+2029 end a line in older JavaScript, which JSON does not mind.
    return c < ' '
        || c == 127
        || c == '\u2028'
        || c == '\u2029'
        || insideHtml && (c == '<' || c == '>' || c == '&');
  }

  private String place() {
    return path.isEmpty() ? "" : " at " + String.join("", path);
  }

  private static List<@Nullable Object> listed(Object array) {
    int n = Array.getLength(array);
    List<@Nullable Object> items = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      items.add(Array.get(array, i));
    }
    return items;
  }
}
