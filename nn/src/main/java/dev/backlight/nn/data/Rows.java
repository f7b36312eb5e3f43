package dev.backlight.nn.data;

import dev.backlight.core.Key;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Row numbers parted in two: those to train on and those held out, each in ascending order.
public final class Rows {
  private final int[] train;
  private final int[] held;

  Rows(int[] train, int[] held) {
    this.train = train;
    this.held = held;
  }

  /// The rows to train on.
  public int[] train() {
    return train.clone();
  }

  /// The rows held out.
  public int[] held() {
    return held.clone();
  }

  /// Any `round(fraction · n)` of n rows held out, drawn by the key.
  public static Rows random(int n, double fraction, Key key) {
    return stratified(new int[n], fraction, key);
  }

  /// `round(fraction · n)` of n rows held out, drawn by the key, so that each class gives its
  /// share; of each class at least one row stays to train on.
  public static Rows stratified(int[] labels, double fraction, Key key) {
    int n = labels.length;
    if (!(fraction > 0 && fraction < 1) || n < 2) {
      throw new IllegalArgumentException(
          "a split needs a fraction between 0 and 1 and at least 2 rows, got "
              + fraction
              + " and "
              + n);
    }
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    int[] quota = quotas(counts, fraction, (int) Math.max(1, Math.round(fraction * n)));
    boolean[] held = new boolean[n];
    for (int row : key.permutation(n)) {
      if (quota[labels[row]] > 0) {
        quota[labels[row]]--;
        held[row] = true;
      }
    }
    return new Rows(
        IntStream.range(0, n).filter(row -> !held[row]).toArray(),
        IntStream.range(0, n).filter(row -> held[row]).toArray());
  }

  /// Shares rounded down, and the rest to the classes that lost most by it.
  private static int[] quotas(int[] counts, double fraction, int total) {
    int[] quota = new int[counts.length];
    int given = 0;
    for (int c = 0; c < counts.length; c++) {
      quota[c] = (int) (fraction * counts[c]);
      given += quota[c];
    }
    Comparator<Integer> byLoss = Comparator.comparingDouble(c -> quota[c] - fraction * counts[c]);
    int[] order =
        IntStream.range(0, counts.length).boxed().sorted(byLoss).mapToInt(c -> c).toArray();
    for (int c : order) {
      if (given < total && quota[c] + 1 < counts[c]) {
        quota[c]++;
        given++;
      }
    }
    return quota;
  }
}
