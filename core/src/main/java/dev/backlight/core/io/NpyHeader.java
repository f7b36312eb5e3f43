package dev.backlight.core.io;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The dictionary at the start of an `.npy` file, such as `{'descr': '<f4', 'fortran_order': False,
/// 'shape': (2, 3), }`.
///
/// Not Python's grammar but only what the format asks for: these three keys, once each, in any
/// order.
record NpyHeader(Stored stored, ByteOrder order, boolean fortran, Shape shape) {
  static NpyHeader parse(String name, String text) throws FormatException {
    return new Parser(name, text).header();
  }

  /// The header that NumPy writes for the same array, without its padding.
  static String text(Shape shape, DType dtype) {
    String descr =
        switch (dtype) {
          case F32 -> "<f4";
          case F64 -> "<f8";
          case I32 -> "<i4";
          case I64 -> "<i8";
          case BOOL -> "|b1";
        };
    String sizes = shape.rank() == 1 ? "(" + shape.size(0) + ",)" : shape.toString();
    return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + sizes + ", }";
  }

  private static final class Parser {
    private final String name;
    private final String text;
    private int at;

    Parser(String name, String text) {
      this.name = name;
      this.text = text;
    }

    NpyHeader header() throws FormatException {
      String descr = null;
      Boolean fortran = null;
      long[] sizes = null;
      expect('{');
      while (!skip('}')) {
        int start = at;
        String key = string("a key in quotes");
        boolean again =
            switch (key) {
              case "descr" -> descr != null;
              case "fortran_order" -> fortran != null;
              case "shape" -> sizes != null;
              default -> true;
            };
        if (again) {
          throw new FormatException(
              name,
              "needs the keys 'descr', 'fortran_order' and 'shape' in its header, once each, got '"
                  + shortened(key)
                  + "' at column "
                  + (start + 1));
        }
        expect(':');
        switch (key) {
          case "descr" -> descr = descr();
          case "fortran_order" -> fortran = bool();
          default -> sizes = tuple();
        }
        if (!skip(',')) {
          expect('}');
          break;
        }
      }
      space();
      if (at < text.length()) {
        throw needs("the end");
      }
      if (descr == null || fortran == null || sizes == null) {
        throw new FormatException(
            name,
            "needs the keys 'descr', 'fortran_order' and 'shape' in its header, got "
                + shortened(text.strip()));
      }
      return new NpyHeader(stored(descr), order(descr), fortran, Elements.shape(name, sizes));
    }

    private String descr() throws FormatException {
      space();
      if (peek() == '[' || peek() == '(') {
        throw new FormatException(
            name, "an array needs one number an element, got a structured dtype");
      }
      return string("a dtype in quotes");
    }

    private boolean bool() throws FormatException {
      space();
      if (text.startsWith("True", at)) {
        at += 4;
        return true;
      }
      if (text.startsWith("False", at)) {
        at += 5;
        return false;
      }
      throw needs("True or False");
    }

    private long[] tuple() throws FormatException {
      List<Long> sizes = new ArrayList<>();
      boolean comma = true;
      expect('(');
      while (!skip(')')) {
        if (!comma) {
          throw needs("',' or ')'");
        }
        sizes.add(size());
        comma = skip(',');
      }
      if (sizes.size() == 1 && !comma) {
        throw new FormatException(name, "needs a tuple as its shape, got (" + sizes.get(0) + ")");
      }
      return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private long size() throws FormatException {
      space();
      int start = at;
      if (peek() == '-') {
        at++;
      }
      int digits = at;
      while (peek() >= '0' && peek() <= '9') {
        at++;
      }
      if (at == digits) {
        throw needs("a number");
      }
      String number = text.substring(start, at);
      // Python 2 wrote longs so.
      if (peek() == 'L') {
        at++;
      }
      try {
        return Long.parseLong(number);
      } catch (NumberFormatException e) {
        return number.startsWith("-") ? -1 : Long.MAX_VALUE;
      }
    }

    private String string(String what) throws FormatException {
      space();
      char quote = peek();
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
        throw needs(what);
      }
      String inside = text.substring(at + 1, end);
      at = end + 1;
      return inside;
    }

    private void expect(char c) throws FormatException {
      if (!skip(c)) {
        throw needs("'" + c + "'");
      }
    }

    private boolean skip(char c) {
      space();
      boolean here = peek() == c;
      if (here) {
        at++;
      }
      return here;
    }

    private void space() {
      while (peek() == ' ' || peek() == '\n') {
        at++;
      }
    }

    private char peek() {
      return at < text.length() ? text.charAt(at) : '\0';
    }

    private FormatException needs(String what) {
      String got = at >= text.length() ? "the end" : String.format("U+%04X", (int) peek());
      if (peek() > ' ' && peek() < 127) {
        got = "'" + peek() + "'";
      }
      return new FormatException(
          name, "needs " + what + " at column " + (at + 1) + " of its header, got " + got);
    }

    private static String shortened(String s) {
      return s.length() <= 100 ? s : s.substring(0, 97) + "...";
    }

    private Stored stored(String descr) throws FormatException {
      Stored stored = descr.isEmpty() ? null : known(descr.substring(1));
      boolean ordered = descr.startsWith("<") || descr.startsWith(">");
      if (stored == null || !ordered && !(descr.startsWith("|") && stored.bytes == 1)) {
        throw new FormatException(
            name,
            "an array needs a dtype of b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8, got '"
                + shortened(descr)
                + "'"
                + meaning(descr));
      }
      return stored;
    }

    private static @Nullable Stored known(String type) {
      return switch (type) {
        case "b1" -> Stored.BOOL;
        case "i1" -> Stored.I8;
        case "i2" -> Stored.I16;
        case "i4" -> Stored.I32;
        case "i8" -> Stored.I64;
        case "u1" -> Stored.U8;
        case "u2" -> Stored.U16;
        case "u4" -> Stored.U32;
        case "u8" -> Stored.U64;
        case "f2" -> Stored.F16;
        case "f4" -> Stored.F32;
        case "f8" -> Stored.F64;
        default -> null;
      };
    }

    private static String meaning(String descr) {
      return switch (descr.length() < 2 ? '\0' : descr.charAt(1)) {
        case 'O' -> " (Python objects, which are pickled and could run code)";
        case 'S', 'a', 'U' -> " (text)";
        case 'V' -> " (raw bytes)";
        case 'c' -> " (complex numbers)";
        case 'M', 'm' -> " (dates)";
        default -> "";
      };
    }

    private static ByteOrder order(String descr) {
      return descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }
  }
}
