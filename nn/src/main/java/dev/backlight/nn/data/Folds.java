package dev.backlight.nn.data;

import dev.backlight.core.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows parted into k folds for cross-validation: each fold is held out once, while the others are
/// trained on, so that every row is judged by a model that has not seen it.
public final class Folds {
  private Folds() {}

  /// `k` folds of n rows whose sizes differ by at most one, drawn by the key.
  public static List<Rows> random(int n, int k, Key key) {
    return stratified(new int[Math.max(0, n)], k, key);
  }

  /// `k` folds, drawn by the key, whose sizes differ by at most one, and so do the counts of every
  /// class in them.
  ///
  /// @param labels the class of every row
  public static List<Rows> stratified(int[] labels, int k, Key key) {
    int n = labels.length;
    if (k < 2 || n < k) {
      throw new IllegalArgumentException(
          "folds need at least 2 of them and as many rows, got " + k + " folds and " + n + " rows");
    }
    // Dealt class by class without a break: a fold gets every k-th row of a class and of all.
    Integer[] shuffled = Arrays.stream(key.permutation(n)).boxed().toArray(Integer[]::new);
    Arrays.sort(shuffled, (a, b) -> Integer.compare(labels[a], labels[b]));
    int[] fold = new int[n];
    for (int i = 0; i < n; i++) {
      fold[shuffled[i]] = i % k;
    }
    List<Rows> folds = new ArrayList<>();
    for (int f = 0; f < k; f++) {
      int held = f;
      folds.add(
          new Rows(
              IntStream.range(0, n).filter(row -> fold[row] != held).toArray(),
              IntStream.range(0, n).filter(row -> fold[row] == held).toArray()));
    }
    return List.copyOf(folds);
  }
}
