package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.LinkedHashMap;
import java.util.Map;

/// Whether larger scores belong to features that matter more: Spearman's correlation of the
/// magnitudes of scores with the mean square by which the answer moves when the feature alone is
/// replaced.
///
/// A. Nguyen, M. Martínez, "On quantitative aspects of model interpretability" (2020). Higher is
/// better, -1 to 1. Undefined where all scores or all effects are equal. Signs do not count.
/// Contributions are asked against their baseline, slopes with [Replacement#noise]: draws from the
/// data would ask how much a feature varies, which an exact contribution does not say.
///
/// @param replacement what stands in the place of the feature
/// @param draws how often it is asked, for replacements that draw
public record MonotonicityCorrelation(Replacement replacement, int draws) implements Metric {
  public MonotonicityCorrelation {
    Draws.require(draws);
  }

  /// Against a baseline.
  public static MonotonicityCorrelation of(Baseline baseline) {
    return new MonotonicityCorrelation(Replacement.by(baseline), 1);
  }

  @Override
  public String name() {
    return "monotonicity-correlation";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("replacement", replacement.toString());
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
    double[][][] drops = SingleFeatures.drops(explained, replacement, draws, key);
    double[][] scores = explained.scores();
    double[] result = new double[scores.length];
    for (int i = 0; i < result.length; i++) {
      double[] effect = new double[scores[i].length];
      for (double[][] draw : drops) {
        for (int j = 0; j < effect.length; j++) {
          effect[j] += draw[j][i] * draw[j][i] / draws;
        }
      }
      result[i] = Ranks.spearman(Ranks.magnitudes(scores[i]), effect);
    }
    return result;
  }
}
