package dev.backlight.nn.train;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Locale;

/// How often each class was taken for each: `count(actual, predicted)`.
public final class Confusion {
  private final List<String> classes;
  private final long[][] counts;

  private Confusion(List<String> classes, long[][] counts) {
    this.classes = classes;
    this.counts = counts;
  }

  /// Counts labels (n) against predictions (n), both of integers, places in `classes`.
  public static Confusion of(Tensor actual, Tensor predicted, List<String> classes) {
    if (actual.rank() != 1 || !actual.shape().equals(predicted.shape())) {
      throw new ShapeException(
          "a confusion needs labels (n) and predictions (n), got "
              + actual.shape()
              + " and "
              + predicted.shape());
    }
    double[] a = actual.toDoubles();
    double[] p = predicted.toDoubles();
    long[][] counts = new long[classes.size()][classes.size()];
    for (int i = 0; i < a.length; i++) {
      counts[place(a[i], i, classes.size())][place(p[i], i, classes.size())]++;
    }
    return new Confusion(List.copyOf(classes), counts);
  }

  private static int place(double label, int example, int classes) {
    if (!(label >= 0 && label < classes && label == Math.rint(label))) {
      throw new IllegalArgumentException(
          "a confusion needs labels from 0 to "
              + (classes - 1)
              + ", got "
              + label
              + " at example "
              + example);
    }
    return (int) label;
  }

  /// The names of the classes.
  public List<String> classes() {
    return classes;
  }

  /// How many examples of one class were taken for another, or the same.
  public long count(int actual, int predicted) {
    return counts[actual][predicted];
  }

  /// How many examples there are.
  public long total() {
    long total = 0;
    for (long[] row : counts) {
      for (long count : row) {
        total += count;
      }
    }
    return total;
  }

  /// The fraction that was taken for what it is.
  public double accuracy() {
    long right = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
    }
    return (double) right / total();
  }

  /// A table: a row for each class as it is, a column for each as it was taken.
  @Override
  public String toString() {
    int name = classes.stream().mapToInt(String::length).max().orElse(0);
    int width = Math.max(name, String.valueOf(total()).length());
    StringBuilder text = new StringBuilder(" ".repeat(name));
    classes.forEach(c -> text.append(String.format(Locale.ROOT, "  %" + width + "s", c)));
    for (int a = 0; a < counts.length; a++) {
      text.append(String.format(Locale.ROOT, "%n%-" + name + "s", classes.get(a)));
      for (long count : counts[a]) {
        text.append(String.format(Locale.ROOT, "  %" + width + "d", count));
      }
    }
    return text.toString();
  }
}
