package dev.backlight.explain.quality;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Regions;
import java.util.Arrays;
import java.util.List;

/// Regions of every example taken away one after the other, in the order of an explanation.
final class RemovalPath {
  private final Explained explained;
  private final Replacement replacement;
  private final List<int[]> regions;
  private final int[][] order;
  private final Key key;

  /// @param mean whether a region counts by its mean score rather than its sum
  RemovalPath(Explained explained, Regions by, Replacement replacement, boolean mean, Key key) {
    this.explained = explained;
    this.replacement = replacement;
    this.key = key;
    regions = by.of(explained.x().shape().without(0));
    double[][] scores = explained.scores();
    order = new int[scores.length][];
    for (int i = 0; i < order.length; i++) {
      double[] relevance = new double[regions.size()];
      for (int r = 0; r < relevance.length; r++) {
        for (int j : regions.get(r)) {
          relevance[r] += scores[i][j];
        }
        relevance[r] /= mean ? regions.get(r).length : 1;
      }
      order[i] = Ranks.descending(relevance);
    }
  }

  /// How many regions there are.
  int regions() {
    return regions.size();
  }

  /// The numbers from 0 to the last.
  static int[] upTo(int last) {
    int[] counts = new int[last + 1];
    Arrays.setAll(counts, k -> k);
    return counts;
  }

  /// The answers `[place][example]` after so many of the first regions are gone or, with `reverse`,
  /// of the last.
  double[][] answers(int[] counts, boolean reverse) {
    return Answers.at(
        explained,
        counts.length,
        k -> replacement.of(explained.x(), gone(counts[k], reverse), key));
  }

  private Tensor gone(int count, boolean reverse) {
    Block gone = Block.allocate(Spec.of(explained.x().shape(), DType.BOOL));
    int d = explained.features();
    for (int i = 0; i < order.length; i++) {
      for (int k = 0; k < count; k++) {
        int region = order[i][reverse ? order[i].length - 1 - k : k];
        for (int j : regions.get(region)) {
          gone.bool()[i * d + j] = true;
        }
      }
    }
    return Tensor.over(gone);
  }

  /// The area under every example's curve by the trapezoidal rule, over a unit axis.
  static double[] areas(double[][] answers) {
    double[] areas = new double[answers[0].length];
    for (int i = 0; i < areas.length; i++) {
      for (int k = 1; k < answers.length; k++) {
        areas[i] += (answers[k - 1][i] + answers[k][i]) / 2 / (answers.length - 1);
      }
    }
    return areas;
  }
}
