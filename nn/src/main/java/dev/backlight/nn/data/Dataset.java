package dev.backlight.nn.data;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Npy;
import dev.backlight.core.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Examples of known classes: a row of numbers and a label each.
///
/// [#of] checks that everything fits. The constructor does not: tapes rebuild records around
/// tensors of their own.
///
/// @param x (n, d) of `F32` or `F64`
/// @param y (n) of `I32`, places in `classes`
/// @param features the names of the d columns
/// @param classes the names of the classes
public record Dataset(Tensor x, Tensor y, List<String> features, List<String> classes) {
  public Dataset {
    features = List.copyOf(features);
    classes = List.copyOf(classes);
  }

  /// Examples whose shapes, dtypes, labels and names fit.
  public static Dataset of(Tensor x, Tensor y, List<String> features, List<String> classes) {
    int d = features.size();
    if (x.rank() != 2 || y.rank() != 1 || x.size(0) != y.size(0) || x.size(1) != d) {
      throw new ShapeException(
          "a data set of %d features needs x (n, %d) and y (n), got %s and %s"
              .formatted(d, d, x.shape(), y.shape()));
    }
    if (!x.dtype().isFloat() || y.dtype() != DType.I32) {
      throw new DTypeException(
          "a data set needs x of F32 or F64 and y of I32, got " + x.dtype() + " and " + y.dtype());
    }
    Labels.require(y, classes.size());
    return new Dataset(x, y, features, classes);
  }

  /// Examples without names: features are called `x0`, `x1` and so on, classes by their numbers.
  ///
  /// @param x (n, d) of `F32` or `F64`
  /// @param y (n) of `I32` or `I64`
  public static Dataset of(Tensor x, Tensor y) {
    Tensor labels = Labels.of("a data set", y);
    int d = x.rank() == 2 ? x.size(1) : 0;
    List<String> features = IntStream.range(0, d).mapToObj(i -> "x" + i).toList();
    return of(x, labels, features, Labels.names(labels));
  }

  /// The arrays `x` and `y` of an `.npz` file; see [#read(Path, String, String)].
  public static Dataset read(Path npz) {
    return read(npz, "x", "y");
  }

  /// Two arrays of an `.npz` file as `x` (n, d), whole numbers becoming `F32`, and `y` (n) of whole
  /// numbers.
  public static Dataset read(Path npz, String x, String y) {
    Map<String, Tensor> arrays;
    try {
      arrays = Npz.read(npz);
    } catch (IOException e) {
      throw DataException.of(npz, e);
    }
    return arrays(npz + "/" + x, array(npz, arrays, x), npz + "/" + y, array(npz, arrays, y));
  }

  private static Tensor array(Path npz, Map<String, Tensor> arrays, String name) {
    Tensor array = arrays.get(name);
    if (array == null) {
      throw new DataException(
          npz + ": an array '" + name + "' is needed, got " + String.join(", ", arrays.keySet()));
    }
    return array;
  }

  /// An `.npy` file as `x` (n, d), whole numbers becoming `F32`, and another as `y` (n) of whole
  /// numbers.
  public static Dataset read(Path x, Path y) {
    return arrays(x.toString(), npy(x), y.toString(), npy(y));
  }

  private static Tensor npy(Path file) {
    try {
      return Npy.read(file);
    } catch (IOException e) {
      throw DataException.of(file, e);
    }
  }

  private static Dataset arrays(String xName, Tensor x, String yName, Tensor y) {
    Tensor labels = Labels.of(yName, y);
    if (x.rank() != 2 || x.size(0) != labels.size(0)) {
      throw new DataException(
          "%s: rows (%d, d) are needed, as many as labels, got %s"
              .formatted(xName, labels.size(0), x.shape()));
    }
    Tensor numbers = x.dtype().isFloat() ? x : x.to(DType.F32);
    if (!x.dtype().isFloat() && !numbers.to(x.dtype()).sameAs(x)) {
      throw new DataException(xName + ": whole numbers that F32 can hold are needed, got others");
    }
    for (double value : numbers.toDoubles()) {
      if (!Double.isFinite(value)) {
        throw new DataException(xName + ": finite numbers are needed, got " + value);
      }
    }
    return of(numbers, labels);
  }

  /// All columns of a table but the target, as `F32`, and the target's values as classes.
  public static Dataset of(Table table, String target) {
    List<String> classes = classes(table, target);
    List<String> features = table.columns().stream().filter(c -> !c.equals(target)).toList();
    if (features.isEmpty()) {
      throw new DataException(
          table.name() + ": columns beside '" + target + "' are needed, got none");
    }
    return of(table, target, features, classes, DType.F32);
  }

  /// These columns of a table, and the target's values, which must be among these classes: data for
  /// a model that exists.
  public static Dataset of(
      Table table, String target, List<String> features, List<String> classes, DType dtype) {
    return of(table.numbers(features, dtype), table.labels(target, classes), features, classes);
  }

  /// The values of a column as classes, at least two: by size if they are numbers, which then are
  /// whole, and by alphabet otherwise.
  public static List<String> classes(Table table, String target) {
    List<String> classes = table.distinct(target);
    if (classes.size() < 2) {
      throw new DataException(
          table.name()
              + ", column "
              + target
              + ": at least two classes are needed, got only '"
              + classes.getFirst()
              + "'");
    }
    if (table.isNumeric(target)) {
      for (double value : table.numbers(target)) {
        if (value != Math.rint(value)) {
          throw new DataException(
              table.name()
                  + ", column "
                  + target
                  + ": classes are needed, got numbers such as "
                  + value);
        }
      }
    }
    return classes;
  }

  /// The truth table of exclusive or: two features of 0 or 1, and the class whether they differ.
  public static Dataset xor() {
    Tensor x = Tensor.of(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
    return of(x, Tensor.of(0, 1, 1, 0), List.of("a", "b"), List.of("0", "1"));
  }

  /// How many examples there are.
  public int rows() {
    return x.size(0);
  }

  /// The examples at these places, in this order.
  public Dataset select(int... rows) {
    Tensor index = Tensor.of(rows);
    return of(x.take(0, index), y.take(0, index), features, classes);
  }

  /// The same examples with numbers of another dtype.
  public Dataset to(DType dtype) {
    return of(x.to(dtype), y, features, classes);
  }

  /// The same examples with other numbers, such as standardised ones.
  public Dataset with(UnaryOperator<Tensor> change) {
    return of(change.apply(x), y, features, classes);
  }

  /// Part of the examples held out for judging, the same part of each class, drawn by the key.
  public Split split(double fraction, Key key) {
    Rows rows = Rows.stratified(y.toInts(), fraction, key);
    return new Split(select(rows.train()), select(rows.held()));
  }

  /// The examples parted k times, so that each is held out once; every part has the classes'
  /// shares. See [Folds#stratified].
  public List<Split> folds(int k, Key key) {
    return Folds.stratified(y.toInts(), k, key).stream()
        .map(rows -> new Split(select(rows.train()), select(rows.held())))
        .toList();
  }

  /// How many examples each class has.
  public List<Integer> counts() {
    int[] counts = new int[classes.size()];
    for (int label : y.toInts()) {
      counts[label]++;
    }
    List<Integer> list = new ArrayList<>();
    for (int count : counts) {
      list.add(count);
    }
    return List.copyOf(list);
  }

  /// Writes the numbers as arrays `x` and `y` of an `.npz` file, wholly or not at all; names are
  /// not kept.
  public void write(Path npz) throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("x", x);
    arrays.put("y", y);
    Npz.write(npz, arrays);
  }

  /// Examples to train on and examples held out.
  public record Split(Dataset train, Dataset held) {}
}
