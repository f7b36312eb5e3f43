package dev.backlight.explain.fusion;

import dev.backlight.core.Block;
import dev.backlight.core.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Scores replaced by their ranks.
final class SignedRanks {
  private SignedRanks() {}

  /// Along the last axis: from 1/d for the smallest magnitude to 1, with the score's sign; equal
  /// magnitudes share the mean of their ranks.
  static Tensor of(Tensor scores) {
    int d = scores.size(-1);
    double[] all = scores.toDoubles();
    Block ranks = Block.allocate(scores.spec());
    for (int from = 0; from < all.length; from += d) {
      int row = from;
      int[] order =
          IntStream.range(0, d)
              .boxed()
              .sorted(Comparator.comparingDouble(j -> Math.abs(all[row + j])))
              .mapToInt(j -> j)
              .toArray();
      for (int k = 0, to; k < d; k = to) {
        to = k + 1;
        while (to < d && Math.abs(all[row + order[to]]) == Math.abs(all[row + order[k]])) {
          to++;
        }
        for (int j = k; j < to; j++) {
          double sign = Math.signum(all[row + order[j]]);
          ranks.set(row + order[j], sign * (k + to + 1) / 2.0 / d);
        }
      }
    }
    return Tensor.over(ranks);
  }
}
