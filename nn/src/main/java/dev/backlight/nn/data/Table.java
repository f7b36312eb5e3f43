package dev.backlight.nn.data;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Rows of values under named columns, as text, with the lines they came from.
///
/// A column is numeric if it has values and all of them are numbers; otherwise it is categorical.
/// Asking for more than is there is a [DataException] that names the line and the value.
public final class Table {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|nan|[+-]?inf(?:inity)?",
          Pattern.CASE_INSENSITIVE);

  private final String name;
  private final List<String> columns;
  private final List<List<String>> rows;
  private final List<Integer> lines;

  Table(String name, List<String> columns, List<List<String>> rows, List<Integer> lines) {
    this.name = name;
    this.columns = List.copyOf(columns);
    this.rows = List.copyOf(rows);
    this.lines = List.copyOf(lines);
  }

  /// What it is called in messages: mostly the file.
  public String name() {
    return name;
  }

  /// The names of the columns.
  public List<String> columns() {
    return columns;
  }

  /// How many rows there are.
  public int rows() {
    return rows.size();
  }

  /// The line of the file that a row began at; the first line is 1.
  public int line(int row) {
    return lines.get(row);
  }

  /// The values of a column as they stand, without blanks around them.
  public List<String> text(String column) {
    int c = column(column);
    return rows.stream().map(row -> row.get(c).strip()).toList();
  }

  /// Whether a column has values and all of them are numbers.
  public boolean isNumeric(String column) {
    List<String> filled = text(column).stream().filter(value -> !value.isEmpty()).toList();
    return !filled.isEmpty() && filled.stream().allMatch(Table::isNumber);
  }

  /// The different values of a column, by size if it is numeric and by alphabet otherwise; none may
  /// be empty.
  public List<String> distinct(String column) {
    List<String> values = text(column);
    for (int row = 0; row < values.size(); row++) {
      if (values.get(row).isEmpty()) {
        throw new DataException(at(row, column) + "a value is needed, got an empty cell");
      }
    }
    Comparator<String> alphabet = Comparator.naturalOrder();
    TreeSet<String> different =
        new TreeSet<>(
            isNumeric(column)
                ? Comparator.comparingDouble(Table::number).thenComparing(alphabet)
                : alphabet);
    different.addAll(values);
    return List.copyOf(different);
  }

  // ---- rows ----

  /// The rows at these places, in this order.
  public Table select(int... places) {
    List<List<String>> chosen = new ArrayList<>();
    List<Integer> from = new ArrayList<>();
    for (int row : places) {
      chosen.add(rows.get(row));
      from.add(lines.get(row));
    }
    return new Table(name, columns, chosen, from);
  }

  /// The same table, in which cells that say one of these words, such as `NA` or `?`, are empty.
  public Table missing(String... words) {
    Set<String> none = Set.of(words);
    List<List<String>> emptied = new ArrayList<>();
    for (List<String> row : rows) {
      emptied.add(row.stream().map(value -> none.contains(value.strip()) ? "" : value).toList());
    }
    return new Table(name, columns, emptied, lines);
  }

  /// The rows in which no cell of these columns is empty.
  public Table complete(List<String> columns) {
    int[] places = columns.stream().mapToInt(this::column).toArray();
    return select(
        IntStream.range(0, rows.size())
            .filter(row -> Arrays.stream(places).noneMatch(c -> rows.get(row).get(c).isBlank()))
            .toArray());
  }

  /// The rows in which no cell is empty.
  public Table complete() {
    return complete(columns);
  }

  // ---- numbers ----

  /// The numbers of a column. Text, empty cells, NaN and infinities are errors.
  public double[] numbers(String column) {
    return numbers(column, null);
  }

  /// The numbers of a column, with this one, if any, in empty cells.
  double[] numbers(String column, @Nullable Double filled) {
    int c = column(column);
    double[] numbers = new double[rows.size()];
    for (int row = 0; row < numbers.length; row++) {
      String value = rows.get(row).get(c).strip();
      if (value.isEmpty() && filled != null) {
        numbers[row] = filled;
        continue;
      }
      if (value.isEmpty()) {
        throw new DataException(at(row, column) + "a number is needed, got an empty cell");
      }
      if (!isNumber(value)) {
        throw new DataException(at(row, column) + "a number is needed, got '" + value + "'");
      }
      numbers[row] = number(value);
      if (!Double.isFinite(numbers[row])) {
        throw new DataException(at(row, column) + "a finite number is needed, got '" + value + "'");
      }
    }
    return numbers;
  }

  /// The numbers of some columns, as (rows, columns).
  public Tensor numbers(List<String> columns, DType dtype) {
    Block block = Block.allocate(Spec.of(Shape.of(rows(), columns.size()), dtype));
    columns.forEach(this::column);
    for (int c = 0; c < columns.size(); c++) {
      put(block, c, columns.get(c), numbers(columns.get(c)));
    }
    return Tensor.over(block);
  }

  /// Writes the numbers of a column into a column of a block (rows, d).
  void put(Block block, int at, String column, double[] numbers) {
    int d = block.shape().size(1);
    for (int row = 0; row < numbers.length; row++) {
      int place = row * d + at;
      block.set(place, numbers[row]);
      if (block.dtype() == DType.F32 && Float.isInfinite(block.f32()[place])) {
        throw new DataException(
            at(row, column) + "a number in the range of F32 is needed, got " + numbers[row]);
      }
    }
  }

  /// The places of a column's values among the classes, as `I32`.
  public Tensor labels(String column, List<String> classes) {
    List<String> values = text(column);
    int[] labels = new int[values.size()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = classes.indexOf(values.get(row));
      if (labels[row] < 0) {
        throw new DataException(
            at(row, column)
                + "one of "
                + some(classes)
                + " is needed, got '"
                + values.get(row)
                + "'");
      }
    }
    return Tensor.of(labels);
  }

  void require(String column) {
    column(column);
  }

  private int column(String column) {
    int c = columns.indexOf(column);
    if (c < 0) {
      throw new DataException(name + ": a column '" + column + "' is needed, got " + some(columns));
    }
    return c;
  }

  String at(int row, String column) {
    return name + ", line " + line(row) + ", column " + column + ": ";
  }

  static String some(List<String> names) {
    return names.size() <= 12
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 10)) + " and " + (names.size() - 10) + " more";
  }

  static boolean isNumber(String value) {
    return NUMBER.matcher(value).matches();
  }

  private static double number(String value) {
    return switch (Character.toLowerCase(value.charAt(value.length() - 1))) {
      case 'n' -> Double.NaN;
      case 'f', 'y' -> value.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      default -> Double.parseDouble(value);
    };
  }

  /// As in `iris.csv: 150 rows of sepal_length_cm, ..., species`.
  @Override
  public String toString() {
    return name + ": " + rows() + " rows of " + some(columns);
  }
}
