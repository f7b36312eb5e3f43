package dev.backlight.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// JSON as plain Java values, strictly by RFC 8259.
///
/// | JSON | read as | written from |
/// |---|---|---|
/// | object | `Map<String, Object>` in the order of the text | any `Map` with `String` keys |
/// | array | `List<Object>` | any `Iterable`, any array of primitives or objects |
/// | string | `String` | `String` and other `CharSequence`s, `Enum`s by name |
/// | number without `.` or exponent that fits | `Long` | `Byte`, `Short`, `Integer`, `Long` |
/// | other number | `Double` | `Double`, `Float` (its own shortest digits) |
/// | `true`, `false` | `Boolean` | `Boolean` |
/// | `null` | `null` | `null` |
///
/// Reading refuses what is not JSON: comments, trailing commas, single quotes, `NaN`, text after
/// the value; also names that occur twice in an object, numbers beyond the range of doubles, and
/// nesting deeper than [#MAX_DEPTH]. A refusal is a [FormatException] with line and column: ``JSON
/// needs a value at line 1, column 2, got ']'``.
///
/// Writing is deterministic: the same value gives the same text, in the order of its maps. A value
/// that JSON cannot hold is an `IllegalArgumentException` that says where: ``JSON has no NaN, got
/// it at scores[3]``.
public final class Json {
  /// How deep objects and arrays may nest.
  public static final int MAX_DEPTH = 64;

  /// How a value is written.
  public enum Style {
    /// Indented by two spaces; what fits on a line of 100 columns stays on it. Without it, no
    /// spaces at all.
    PRETTY,
    /// `NaN` and infinities become `null`. Without it they are refused.
    NULL_FOR_NON_FINITE,
    /// `<`, `>` and `&` in strings become escapes, so that the text may stand inside an HTML
    /// `script`.
    INSIDE_HTML
  }

  private Json() {}

  /// The value of a JSON text. Maps and lists are unmodifiable.
  public static @Nullable Object parse(String text) throws FormatException {
    return new JsonReader(text, Integer.MAX_VALUE).read();
  }

  /// The value of a JSON text in UTF-8; a byte order mark and malformed UTF-8 are refused.
  public static @Nullable Object parse(byte[] utf8) throws FormatException {
    return parse(utf8, Integer.MAX_VALUE);
  }

  /// The value of a JSON text in UTF-8 that may have so many values, those within others included:
  /// what a text unpacks to takes a hundred times its own room at worst.
  static @Nullable Object parse(byte[] utf8, int most) throws FormatException {
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      // Written so, or put in for bytes that are not UTF-8.
      try {
        text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      } catch (CharacterCodingException e) {
        throw new FormatException("JSON needs UTF-8, got bytes that are not");
      }
    }
    return new JsonReader(text, most).read();
  }

  /// The value of a JSON file; messages begin with its name.
  public static @Nullable Object read(Path file) throws IOException {
    try {
      return parse(Files.readAllBytes(file));
    } catch (FormatException e) {
      throw e.in(file.toString());
    }
  }

  /// The JSON text of a value; compact unless a style asks for more.
  public static String write(@Nullable Object value, Style... style) {
    Set<Style> styles = EnumSet.noneOf(Style.class);
    styles.addAll(Arrays.asList(style));
    return new JsonWriter(styles).write(value);
  }

  /// Writes the JSON text of a value and a line feed to a file, wholly or not at all.
  public static void write(Path file, @Nullable Object value, Style... style) throws IOException {
    AtomicFile.writeString(file, write(value, style) + "\n");
  }
}
