package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// How few features suffice: the smallest share of the features, the strongest first, that bring
/// the answer back when all others are replaced.
///
/// Back is within `tolerance` of f(x), relative to what the replacement of everything loses. A.
/// Nguyen, M. Martínez, "On quantitative aspects of model interpretability" (2020). Lower is
/// better, 0 to 1, where 0 means that the answer does not need the input. It asks the model, so a
/// sparse explanation of the wrong features gains nothing. What stands in the place of the others
/// counts.
///
/// @param replacement what stands in the place of the others
/// @param tolerance how near is near enough
public record EffectiveComplexity(Replacement replacement, double tolerance) implements Metric {
  public EffectiveComplexity {
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "effective complexity needs a tolerance from 0 to below 1, got " + tolerance);
    }
  }

  /// Against a baseline, to a tenth.
  public static EffectiveComplexity of(Baseline baseline) {
    return new EffectiveComplexity(Replacement.by(baseline), 0.1);
  }

  @Override
  public String name() {
    return "effective-complexity";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("replacement", replacement.toString());
    all.put("tolerance", tolerance);
    return all;
  }

  @Override
  public Family family() {
    return Family.COMPLEXITY;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    int d = explained.features();
    double[][] scores = explained.scores();
    int[][] order = new int[scores.length][];
    Arrays.setAll(order, i -> Ranks.strongest(scores[i]));
    double[][] answers =
        Answers.at(
            explained,
            d + 1,
            k -> replacement.of(explained.x(), Subsets.masks(explained.x(), order, k, d - k), key));
    double[] here = explained.output();
    double[] result = new double[here.length];
    for (int i = 0; i < result.length; i++) {
      double enough = tolerance * Math.abs(here[i] - answers[0][i]);
      int k = 0;
      while (k < d && Math.abs(here[i] - answers[k][i]) > enough) {
        k++;
      }
      result[i] = (double) k / d;
    }
    return result;
  }
}
