package dev.backlight.nn.data;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

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
    for (int label : y.toInts()) {
      if (label < 0 || label >= classes.size()) {
        throw new DataException(
            "labels in 0.." + (classes.size() - 1) + " are needed, got " + label);
      }
    }
    return new Dataset(x, y, features, classes);
  }

  /// All columns of a table but the target, as `F32`, and the target's values as classes.
  public static Dataset of(Table table, String target) {
    List<String> classes = table.distinct(target);
    requireClasses(table, target, classes);
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

  private static void requireClasses(Table table, String target, List<String> classes) {
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

  /// Examples to train on and examples held out.
  public record Split(Dataset train, Dataset held) {}
}
