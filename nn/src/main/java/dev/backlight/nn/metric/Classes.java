package dev.backlight.nn.metric;

import dev.backlight.nn.train.Confusion;

/// What a confusion says of each class and of all. A quotient whose divisor is 0 is 0, as in
/// scikit-learn; a mean leaves out the classes that are neither actual nor predicted.
public final class Classes {
  /// One class, or a mean of classes.
  ///
  /// @param precision the part of what was taken for the class that is of it
  /// @param recall the part of the class that was taken for it
  /// @param f1 their harmonic mean
  public record Quality(double precision, double recall, double f1) {}

  private Classes() {}

  /// The precision, recall and F1 of one class: of `tp` right ones, `tp/predicted`, `tp/actual` and
  /// `2·tp/(predicted + actual)`.
  public static Quality of(Confusion confusion, int label) {
    return quality(
        confusion.count(label, label), predicted(confusion, label), actual(confusion, label));
  }

  /// The plain mean over classes.
  public static Quality macro(Confusion confusion) {
    return mean(confusion, false);
  }

  /// The mean over classes, weighted by how many examples each has.
  public static Quality weighted(Confusion confusion) {
    return mean(confusion, true);
  }

  /// Over all decisions: each of the three is the accuracy.
  public static Quality micro(Confusion confusion) {
    long total = total(confusion);
    return quality(right(confusion), total, total);
  }

  /// The mean recall of the classes that have examples.
  public static double balancedAccuracy(Confusion confusion) {
    total(confusion);
    double sum = 0;
    int present = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      if (actual(confusion, c) > 0) {
        sum += of(confusion, c).recall();
        present++;
      }
    }
    return sum / present;
  }

  /// The correlation of Matthews for any number of classes (Gorodkin, 2004); 0 if all are of one
  /// class or taken for one.
  public static double matthews(Confusion confusion) {
    double n = total(confusion);
    double chance = 0;
    double actual = 0;
    double predicted = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      double a = actual(confusion, c);
      double p = predicted(confusion, c);
      chance += a * p;
      actual += a * a;
      predicted += p * p;
    }
    double divisor = Math.sqrt(n * n - actual) * Math.sqrt(n * n - predicted);
    return divisor == 0 ? 0 : (right(confusion) * n - chance) / divisor;
  }

  /// Cohen's kappa: `(accuracy − chance) / (1 − chance)`; NaN if all are of one class and taken for
  /// it, for then chance does as well.
  public static double kappa(Confusion confusion) {
    double n = total(confusion);
    double chance = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      chance += (double) actual(confusion, c) * predicted(confusion, c);
    }
    return (right(confusion) * n - chance) / (n * n - chance);
  }

  private static Quality mean(Confusion confusion, boolean weighted) {
    total(confusion);
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    double weights = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      long actual = actual(confusion, c);
      boolean seen = actual + predicted(confusion, c) > 0;
      double weight = weighted ? actual : seen ? 1 : 0;
      Quality one = of(confusion, c);
      precision += weight * one.precision();
      recall += weight * one.recall();
      f1 += weight * one.f1();
      weights += weight;
    }
    return new Quality(precision / weights, recall / weights, f1 / weights);
  }

  private static Quality quality(long right, long predicted, long actual) {
    return new Quality(
        over(right, predicted), over(right, actual), over(2 * right, predicted + actual));
  }

  private static double over(long a, long b) {
    return b == 0 ? 0 : (double) a / b;
  }

  private static long total(Confusion confusion) {
    long total = confusion.total();
    if (total == 0) {
      throw new IllegalArgumentException("a mean over classes needs at least one example, got 0");
    }
    return total;
  }

  private static long right(Confusion confusion) {
    long right = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      right += confusion.count(c, c);
    }
    return right;
  }

  private static long actual(Confusion confusion, int label) {
    long sum = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      sum += confusion.count(label, c);
    }
    return sum;
  }

  private static long predicted(Confusion confusion, int label) {
    long sum = 0;
    for (int c = 0; c < confusion.classes().size(); c++) {
      sum += confusion.count(c, label);
    }
    return sum;
  }
}
