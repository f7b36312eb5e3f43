package dev.backlight.nn.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What stands for an empty cell: a value that is measured on the rows to train on, or one that is
/// given. Rows can be left out instead, by [Table#complete()].
///
/// @param kind how the value is found
/// @param value the value that is given, of [Kind#VALUE]
public record Missing(Kind kind, String value) {
  /// How the value is found.
  public enum Kind {
    /// There is none: an empty cell is an error.
    REFUSED,
    /// The mean of the column's numbers.
    MEAN,
    /// The number in the middle of the column's numbers in order, or the mean of the two there.
    MEDIAN,
    /// The value that occurs most often, and of several such the first by size or alphabet.
    MOST_FREQUENT,
    /// One that is given.
    VALUE
  }

  /// An empty cell is an error.
  public static Missing refused() {
    return new Missing(Kind.REFUSED, "");
  }

  /// The mean of the column's numbers.
  public static Missing mean() {
    return new Missing(Kind.MEAN, "");
  }

  /// The median of the column's numbers.
  public static Missing median() {
    return new Missing(Kind.MEDIAN, "");
  }

  /// The value that occurs most often.
  public static Missing mostFrequent() {
    return new Missing(Kind.MOST_FREQUENT, "");
  }

  /// This number.
  public static Missing value(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException(
          "a value for empty cells needs a finite number, got " + number);
    }
    return new Missing(Kind.VALUE, String.valueOf(number));
  }

  /// This class of a categorical column, as in `unknown`.
  public static Missing value(String category) {
    if (category.isBlank()) {
      throw new IllegalArgumentException("a value for empty cells needs a text, got none");
    }
    return new Missing(Kind.VALUE, category.strip());
  }

  /// The number for the empty cells of a column with these numbers, of which there is at least one.
  double number(String where, double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return switch (kind) {
      case MEAN -> Arrays.stream(numbers).sum() / n;
      case MEDIAN -> n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2;
      case MOST_FREQUENT -> mostFrequent(Arrays.stream(sorted).boxed().toList());
      case VALUE -> {
        try {
          yield Double.parseDouble(value);
        } catch (NumberFormatException e) {
          throw new DataException(
              where + "a number for empty cells is needed, got '" + value + "'", e);
        }
      }
      case REFUSED -> throw new IllegalStateException("nothing stands for an empty cell");
    };
  }

  /// The class for the empty cells of a column with these values, in order, of which there is at
  /// least one.
  String category(String where, List<String> sorted) {
    return switch (kind) {
      case MOST_FREQUENT -> mostFrequent(sorted);
      case VALUE -> value;
      case MEAN, MEDIAN ->
          throw new DataException(
              where
                  + "a class for empty cells is needed, by mostFrequent() or value(...), got "
                  + kind);
      case REFUSED -> throw new IllegalStateException("nothing stands for an empty cell");
    };
  }

  private static <T> T mostFrequent(List<T> sorted) {
    Map<T, Integer> counts = new HashMap<>();
    T best = sorted.getFirst();
    sorted.forEach(value -> counts.merge(value, 1, Integer::sum));
    for (T value : sorted) {
      if (counts.getOrDefault(value, 0) > counts.getOrDefault(best, 0)) {
        best = value;
      }
    }
    return best;
  }
}
