package dev.backlight.nn.data;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How the columns of a table become numbers: what stands for empty cells, and which columns are
/// categorical whatever they look like. [#fit] measures the rest on the rows to train on.
///
/// Immutable; each setting gives a new encoder. What is not said: empty cells are refused, a column
/// is categorical if none of its values is a number, a class that was not seen in training is
/// refused, and a column has at most 256 classes.
///
/// @param numbers for the empty cells of numeric columns
/// @param categories for the empty cells of categorical columns
/// @param missing for the empty cells of columns by name
/// @param categorical columns whose numbers are names
/// @param others whether a class that was not seen in training is encoded as none of the known ones
/// @param most how many classes a column may have
public record Encoder(
    Missing numbers,
    Missing categories,
    Map<String, Missing> missing,
    Set<String> categorical,
    boolean others,
    int most) {
  public Encoder {
    missing = Collections.unmodifiableMap(new TreeMap<>(missing));
    categorical = Set.copyOf(categorical);
  }

  /// Without empty cells.
  public static Encoder of() {
    return new Encoder(Missing.refused(), Missing.refused(), Map.of(), Set.of(), false, 256);
  }

  /// With this for the empty cells of numeric columns.
  public Encoder numbers(Missing filled) {
    return new Encoder(filled, categories, missing, categorical, others, most);
  }

  /// With this for the empty cells of categorical columns.
  public Encoder categories(Missing filled) {
    return new Encoder(numbers, filled, missing, categorical, others, most);
  }

  /// With this for the empty cells of one column.
  public Encoder missing(String column, Missing filled) {
    Map<String, Missing> more = new LinkedHashMap<>(missing);
    more.put(column, filled);
    return new Encoder(numbers, categories, more, categorical, others, most);
  }

  /// With these columns as categorical ones, though they may hold numbers, as postcodes do.
  public Encoder categorical(String... columns) {
    Set<String> more = new HashSet<>(categorical);
    Collections.addAll(more, columns);
    return new Encoder(numbers, categories, missing, more, others, most);
  }

  /// With zeros for a class that was not seen in training, instead of an error.
  public Encoder others(boolean allowed) {
    return new Encoder(numbers, categories, missing, categorical, allowed, most);
  }

  /// With at most so many classes in a column; more are an error.
  public Encoder most(int classes) {
    return new Encoder(numbers, categories, missing, categorical, others, classes);
  }

  /// Measures all columns but the target on a table of rows to train on.
  public Encoding fit(Table train, String target) {
    train.require(target);
    return fit(train, train.columns().stream().filter(c -> !c.equals(target)).toList());
  }

  /// Measures these columns on a table of rows to train on.
  public Encoding fit(Table train, List<String> columns) {
    missing.keySet().forEach(train::require);
    categorical.forEach(train::require);
    if (columns.isEmpty()) {
      throw new DataException(train.name() + ": columns to encode are needed, got none");
    }
    return new Encoding(columns.stream().map(column -> measure(train, column)).toList());
  }

  private Encoding.Column measure(Table train, String column) {
    Table filled = train.complete(List.of(column));
    String where = train.name() + ", column " + column + ": ";
    if (filled.rows() == 0) {
      throw new DataException(where + "a value is needed, got only empty cells");
    }
    if (train.isNumeric(column) && !categorical.contains(column)) {
      Missing rule = missing.getOrDefault(column, numbers);
      double[] values = filled.numbers(column);
      boolean refused = rule.kind() == Missing.Kind.REFUSED;
      return new Encoding.Numeric(column, refused ? null : rule.number(where, values));
    }
    if (!categorical.contains(column)) {
      requireNames(filled, column);
    }
    Missing rule = missing.getOrDefault(column, categories);
    List<String> classes = filled.distinct(column);
    requireFew(where, classes.size());
    @Nullable String stands = null;
    if (rule.kind() != Missing.Kind.REFUSED) {
      List<String> inOrder =
          filled.text(column).stream().sorted(Comparator.comparingInt(classes::indexOf)).toList();
      stands = rule.category(where, inOrder);
    }
    Set<String> all = new LinkedHashSet<>(classes);
    if (stands != null) {
      all.add(stands);
    }
    requireFew(where, all.size());
    return new Encoding.Categorical(column, List.copyOf(all), stands, others);
  }

  /// A text among numbers is a mistake rather than a class.
  private static void requireNames(Table filled, String column) {
    List<String> values = filled.text(column);
    if (values.stream().anyMatch(Table::isNumber)) {
      for (int row = 0; row < values.size(); row++) {
        if (!Table.isNumber(values.get(row))) {
          throw new DataException(
              filled.at(row, column)
                  + "a number is needed, as in other rows, got '"
                  + values.get(row)
                  + "'; if all of them are names, say categorical(\""
                  + column
                  + "\")");
        }
      }
    }
  }

  private void requireFew(String where, int classes) {
    if (classes > most) {
      throw new DataException(where + "at most " + most + " classes are needed, got " + classes);
    }
  }
}
