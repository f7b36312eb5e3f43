package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import java.util.Arrays;
import java.util.Map;

/// Whether every feature moves the answer as its score says: the share of the features that do,
/// when they are added to a baseline one after the other, the smallest magnitudes first.
///
/// A feature with a positive score must not lower the answer, one with a negative score must not
/// raise it, and one with 0 must leave it alone. For scores that are all positive this is the
/// answer rising step by step: R. Luss et al., "Generating contrastive explanations with monotonic
/// attribute functions" (2019), in the form of V. Arya et al., "One explanation does not fit all"
/// (2019), whose verdict is whether the share is 1. Signs are followed because a feature that
/// speaks against the answer lowers it, in a perfect explanation, too. Higher is better, 0 to 1;
/// draws have about a half. Features that act only together move nothing one by one, and what
/// stands in the place of the others counts.
///
/// @param baseline what features are added to
public record Monotonicity(Baseline baseline) implements Metric {
  @Override
  public String name() {
    return "monotonicity";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("baseline", baseline.toString());
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.higher(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Tensor x = explained.x();
    Tensor base = baseline.like(x);
    int d = explained.features();
    double[][] scores = explained.scores();
    int[][] strongest = new int[scores.length][];
    Arrays.setAll(strongest, i -> Ranks.strongest(scores[i]));
    // The k weakest features are there: all but the first d − k.
    double[][] answers =
        Answers.at(explained, d + 1, k -> Subsets.masks(x, strongest, 0, d - k).where(base, x));
    double rounding = x.dtype() == DType.F32 ? 1e-5 : 1e-12;
    double[] shares = new double[scores.length];
    for (int i = 0; i < shares.length; i++) {
      double reach = 0;
      for (double[] answer : answers) {
        reach = Math.max(reach, Math.abs(answer[i]));
      }
      for (int k = 0; k < d; k++) {
        double score = scores[i][strongest[i][d - 1 - k]];
        double change = answers[k + 1][i] - answers[k][i];
        double wrong = score == 0 ? Math.abs(change) : -Math.signum(score) * change;
        shares[i] += wrong <= rounding * reach ? 1.0 / d : 0;
      }
    }
    return shares;
  }
}
