package dev.backlight.explain.quality;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Orders, ranks and correlations of numbers.
final class Ranks {
  private Ranks() {}

  /// The places of the numbers, highest first; equal ones by place. The two zeros are equal.
  static int[] descending(double... values) {
    return order(values.length, j -> -(values[j] + 0.0));
  }

  /// The places of the numbers, largest magnitude first; equal ones by place.
  static int[] strongest(double... values) {
    return order(values.length, j -> -Math.abs(values[j]));
  }

  private static int[] order(int n, IntToDoubleFunction by) {
    return IntStream.range(0, n)
        .boxed()
        .sorted(Comparator.comparingDouble(by::applyAsDouble))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /// The rank of every number, 0 for the lowest; equal ones share the mean of their ranks.
  static double[] of(double... values) {
    int[] order = order(values.length, j -> values[j] + 0.0);
    double[] ranks = new double[order.length];
    for (int from = 0, to; from < order.length; from = to) {
      to = from + 1;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int j = from; j < to; j++) {
        ranks[order[j]] = (from + to - 1) / 2.0;
      }
    }
    return ranks;
  }

  /// Without signs.
  static double[] magnitudes(double... values) {
    return Arrays.stream(values).map(Math::abs).toArray();
  }

  /// Spearman's correlation: that of the ranks.
  static double spearman(double[] a, double[] b) {
    return unknown(a) || unknown(b) ? Double.NaN : pearson(of(a), of(b));
  }

  private static boolean unknown(double... values) {
    return Arrays.stream(values).anyMatch(Double::isNaN);
  }

  /// Pearson's correlation; `NaN` if all numbers of one side are equal.
  static double pearson(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElse(0);
    double meanB = Arrays.stream(b).average().orElse(0);
    double both = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - meanA) * (b[i] - meanB);
      ofA += (a[i] - meanA) * (a[i] - meanA);
      ofB += (b[i] - meanB) * (b[i] - meanB);
    }
    return both / Math.sqrt(ofA * ofB);
  }
}
