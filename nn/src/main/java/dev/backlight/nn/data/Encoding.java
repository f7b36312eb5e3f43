package dev.backlight.nn.data;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the columns of a table become numbers, as an [Encoder] has measured it on the rows to train
/// on: a numeric column is itself, a categorical one is a column of 0 and 1 for each of its
/// classes. The same encoding is applied to all other rows, and kept with the model.
///
/// @param columns what is read, in the order of the numbers that come of it
public record Encoding(List<Column> columns) {
  public Encoding {
    columns = List.copyOf(columns);
  }

  /// A column of the table.
  public sealed interface Column {
    /// What it is called.
    String name();

    /// The names of the numbers that come of it.
    List<String> features();
  }

  /// A column of numbers.
  ///
  /// @param name what it is called
  /// @param filled for empty cells, or `null` to refuse them
  public record Numeric(String name, @Nullable Double filled) implements Column {
    @Override
    public List<String> features() {
      return List.of(name);
    }
  }

  /// A column of names, of which each gives a number of 0 or 1.
  ///
  /// @param name what it is called
  /// @param classes the names
  /// @param filled the class of empty cells, or `null` to refuse them
  /// @param others whether a class that is not among the names gives zeros, rather than an error
  public record Categorical(
      String name, List<String> classes, @Nullable String filled, boolean others)
      implements Column {
    public Categorical {
      classes = List.copyOf(classes);
    }

    /// As in `colour=red`, `colour=green`.
    @Override
    public List<String> features() {
      return classes.stream().map(each -> name + "=" + each).toList();
    }
  }

  /// The names of the d numbers of a row.
  public List<String> features() {
    return columns.stream().flatMap(column -> column.features().stream()).toList();
  }

  /// The numbers of a table's rows, (n, d). Columns are found by name; others are ignored.
  public Tensor apply(Table table, DType dtype) {
    columns.forEach(column -> table.require(column.name()));
    Block block = Block.allocate(Spec.of(Shape.of(table.rows(), features().size()), dtype));
    int at = 0;
    for (Column column : columns) {
      switch (column) {
        case Numeric numeric ->
            table.put(block, at, column.name(), table.numbers(column.name(), numeric.filled));
        case Categorical categorical -> put(table, categorical, block, at);
      }
      at += column.features().size();
    }
    return Tensor.over(block);
  }

  /// A table's rows as examples, with the target's values as classes, in `F32`.
  public Dataset examples(Table table, String target) {
    return examples(table, target, Dataset.classes(table, target), DType.F32);
  }

  /// A table's rows as examples of these classes.
  public Dataset examples(Table table, String target, List<String> classes, DType dtype) {
    return Dataset.of(apply(table, dtype), table.labels(target, classes), features(), classes);
  }

  private static void put(Table table, Categorical column, Block block, int at) {
    int d = block.shape().size(1);
    List<String> values = table.text(column.name);
    for (int row = 0; row < values.size(); row++) {
      String value = values.get(row);
      if (value.isEmpty()) {
        if (column.filled == null) {
          throw new DataException(
              table.at(row, column.name) + "a value is needed, got an empty cell");
        }
        value = column.filled;
      }
      int place = column.classes.indexOf(value);
      if (place >= 0) {
        block.set(row * d + at + place, 1);
      } else if (!column.others) {
        throw new DataException(
            table.at(row, column.name)
                + "one of "
                + Table.some(column.classes)
                + " is needed, got '"
                + value
                + "'");
      }
    }
  }

  // ---- files ----

  /// As plain values for JSON, see [#parse].
  public List<Map<String, Object>> json() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Column column : columns) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", column.name());
      switch (column) {
        case Numeric numeric -> {
          if (numeric.filled != null) {
            json.put("filled", numeric.filled);
          }
        }
        case Categorical categorical -> {
          json.put("classes", categorical.classes);
          json.put("others", categorical.others);
          if (categorical.filled != null) {
            json.put("filled", categorical.filled);
          }
        }
      }
      all.add(json);
    }
    return all;
  }

  /// What [#json] wrote.
  ///
  /// @throws FormatException if it is something else
  public static Encoding parse(@Nullable Object json) throws FormatException {
    if (!(json instanceof List<?> list)) {
      throw misfit("a list of columns", json);
    }
    List<Column> columns = new ArrayList<>();
    for (Object each : list) {
      columns.add(column(each));
    }
    return new Encoding(columns);
  }

  private static Column column(@Nullable Object json) throws FormatException {
    if (!(json instanceof Map<?, ?> map) || !(map.get("name") instanceof String name)) {
      throw misfit("a column with a name", json);
    }
    Object filled = map.get("filled");
    if (!map.containsKey("classes")) {
      if (filled == null) {
        return new Numeric(name, null);
      } else if (filled instanceof Number number && Double.isFinite(number.doubleValue())) {
        return new Numeric(name, number.doubleValue());
      }
      throw misfit("a number for empty cells", filled);
    }
    List<String> classes = new ArrayList<>();
    if (map.get("classes") instanceof List<?> names) {
      for (Object each : names) {
        if (!(each instanceof String text) || classes.contains(text)) {
          throw misfit("classes of different names", names);
        }
        classes.add(text);
      }
    }
    if (classes.isEmpty() || !(map.get("others") instanceof Boolean others)) {
      throw misfit("classes, and whether there are others", json);
    }
    if (filled == null) {
      return new Categorical(name, classes, null, others);
    } else if (filled instanceof String text && classes.contains(text)) {
      return new Categorical(name, classes, text, others);
    }
    throw misfit("one of the classes for empty cells", filled);
  }

  private static FormatException misfit(String needed, @Nullable Object got) {
    String text = String.valueOf(got);
    return new FormatException(
        "an encoding needs "
            + needed
            + ", got "
            + (got == null
                ? "nothing"
                : text.length() > 60 ? text.substring(0, 57) + "..." : text));
  }
}
