package dev.backlight.nn.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The only class that touches the CSV library, so that all others load without it.
final class CsvRows {
  private static final Pattern LINE = Pattern.compile("starting at line (\\d+)");
  private static final Pattern AFTER_QUOTE = Pattern.compile("after closing quote: ('.')");

  /// More columns, or longer values, are a file of another kind or a quote forgotten.
  private static final int COLUMNS = 16_384;

  private static final int LONGEST = 1 << 20;

  private CsvRows() {}

  static Table read(String name, String text, char separator) {
    List<String> header = List.of();
    List<List<String>> rows = new ArrayList<>();
    List<Integer> lines = new ArrayList<>();
    try (CsvReader<CsvRecord> reader =
        CsvReader.builder()
            .fieldSeparator(separator)
            .allowUnclosedQuote(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .build(
                CsvRecordHandler.builder().maxFields(COLUMNS).maxFieldSize(LONGEST).build(),
                text)) {
      for (CsvRecord row : reader) {
        int line = Math.toIntExact(row.getStartingLineNumber());
        if (header.isEmpty()) {
          header = header(name, line, row.getFields());
        } else if (row.getFieldCount() != header.size()) {
          throw new DataException(
              at(name, line)
                  + header.size()
                  + " values are needed, as in the header, got "
                  + row.getFieldCount());
        } else {
          rows.add(List.copyOf(row.getFields()));
          lines.add(line);
        }
      }
    } catch (CsvParseException e) {
      throw malformed(name, e);
    } catch (IOException e) {
      throw new DataException(name + ": readable text is needed, got " + e, e);
    }
    if (header.isEmpty()) {
      throw new DataException(name + ": a header and rows are needed, got nothing");
    }
    if (rows.isEmpty()) {
      throw new DataException(name + ": rows are needed, got only a header");
    }
    return new Table(name, header, rows, lines);
  }

  private static List<String> header(String name, int line, List<String> fields) {
    Set<String> seen = new HashSet<>();
    List<String> header = fields.stream().map(String::strip).toList();
    for (int i = 0; i < header.size(); i++) {
      String column = header.get(i);
      if (column.isEmpty()) {
        throw new DataException(
            at(name, line) + "a name for every column is needed, got none for column " + (i + 1));
      }
      if (!seen.add(column)) {
        throw new DataException(
            at(name, line) + "column names that differ are needed, got '" + column + "' twice");
      }
    }
    return header;
  }

  // The library tells what it met in its message only.
  private static DataException malformed(String name, CsvParseException e) {
    String message = String.valueOf(e.getMessage());
    Matcher line = LINE.matcher(message);
    String where = line.find() ? at(name, Integer.parseInt(line.group(1))) : name + ": ";
    if (message.startsWith("Unclosed")) {
      return new DataException(where + "a closing quote is needed, got the end of the text", e);
    }
    if (message.contains("limit of " + COLUMNS + " fields")) {
      return new DataException(where + "at most " + COLUMNS + " columns are needed, got more", e);
    }
    if (message.contains("max field size")) {
      return new DataException(
          where + "values of at most " + LONGEST + " characters are needed, got a longer one", e);
    }
    Matcher after = AFTER_QUOTE.matcher(message);
    return new DataException(
        after.find()
            ? where + "a separator is needed after a closing quote, got " + after.group(1)
            : where + "well-formed CSV is needed, got: " + message,
        e);
  }

  private static String at(String name, int line) {
    return name + ", line " + line + ": ";
  }
}
