package dev.backlight.nn.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads comma-separated values: a header of column names, then rows of as many values.
///
/// By RFC 4180 (quotes, quoted line ends), in UTF-8 with or without a byte order mark; blank lines
/// are skipped. Everything else is a [DataException] that says where. Reading needs the library
/// `de.siegmar:fastcsv`, which this module does not bring along.
public final class Csv {
  /// An array holds no more; such numbers are better kept as [Npz][dev.backlight.core.io.Npz].
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private Csv() {}

  /// The table in a file, with commas between the values.
  public static Table read(Path file) {
    return read(file, ',');
  }

  /// The table in a file, with another separator, such as `;` or a tab.
  public static Table read(Path file, char separator) {
    if (Files.isDirectory(file)) {
      throw new DataException(file + ": a file is needed, got a directory");
    }
    try {
      if (Files.size(file) > LARGEST) {
        throw new DataException(
            file + ": at most " + LARGEST + " bytes are needed, got " + Files.size(file));
      }
      return parse(file.toString(), Files.readAllBytes(file), separator);
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": a file is needed, got none of this name", e);
    } catch (IOException e) {
      throw new DataException(file + ": a readable file is needed, got " + e, e);
    }
  }

  /// The table in a text that has this name in messages, with commas between the values.
  public static Table parse(String name, String text) {
    return parse(name, text.getBytes(StandardCharsets.UTF_8), ',');
  }

  private static Table parse(String name, byte[] bytes, char separator) {
    String text = decode(name, bytes);
    try {
      return CsvRows.read(name, text, separator);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(
          "reading CSV needs the library de.siegmar:fastcsv, got a program without it; add it to"
              + " the dependencies, and on the module path say --add-modules de.siegmar.fastcsv",
          e);
    }
  }

  private static String decode(String name, byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    ByteBuffer in = ByteBuffer.wrap(bytes, marked ? 3 : 0, bytes.length - (marked ? 3 : 0));
    CharBuffer out = CharBuffer.allocate(in.remaining());
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      int line = 1;
      for (int i = 0; i < in.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw new DataException(
          "%s, line %d: UTF-8 is needed, got the byte 0x%02X"
              .formatted(name, line, bytes[in.position()]));
    }
    return out.flip().toString();
  }
}
