package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.LinkedHashMap;
import java.util.Map;

/// Whether scores add up to what removals lose, at subsets of many sizes: the mean over sizes n of
/// Pearson's correlation, over random subsets of n features, of the sum of scores with what the
/// answer loses without them.
///
/// M. Ancona et al., "Towards better understanding of gradient-based attribution methods" (2018).
/// Sizes go from 1 to 80 % of the features in even ratios, as in the paper. Higher is better, -1 to
/// 1. Undefined where no size has a correlation. As [FaithfulnessCorrelation], which asks one size.
///
/// @param replacement what stands in the place of the subset
/// @param sizes how many sizes
/// @param draws how many subsets of each
public record SensitivityN(Replacement replacement, int sizes, int draws) implements Metric {
  public SensitivityN {
    Draws.require(sizes);
    Draws.require(draws);
  }

  /// Against a baseline: 6 sizes, 50 subsets each.
  public static SensitivityN of(Baseline baseline) {
    return new SensitivityN(Replacement.by(baseline), 6, 50);
  }

  @Override
  public String name() {
    return "sensitivity-n";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("replacement", replacement.toString());
    all.put("sizes", sizes);
    all.put("draws", draws);
    return all;
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.higher(-1, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    double most = Math.max(1, 0.8 * explained.features());
    double[] sums = new double[explained.examples()];
    int[] defined = new int[sums.length];
    int before = 0;
    for (int s = 0; s < sizes; s++) {
      int size = (int) Math.round(Math.pow(most, sizes == 1 ? 1 : s / (sizes - 1.0)));
      if (size == before) {
        continue;
      }
      before = size;
      double[] some =
          FaithfulnessCorrelation.of(explained, replacement, size, draws, key.fold(size));
      for (int i = 0; i < some.length; i++) {
        if (!Double.isNaN(some[i])) {
          sums[i] += some[i];
          defined[i]++;
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= defined[i];
    }
    return sums;
  }
}
