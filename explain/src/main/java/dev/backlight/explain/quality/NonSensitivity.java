package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.LinkedHashMap;
import java.util.Map;

/// How many features get something for nothing, or nothing for something: the share of the features
/// of which either the score or the influence is 0, but not both.
///
/// The influence of a feature is how far the answer moves at most when the feature alone is
/// replaced. A. Nguyen, M. Martínez, "On quantitative aspects of model interpretability" (2020).
/// Lower is better, 0 to 1. Whatever is less than `tolerance` times the largest counts as 0. A
/// feature that equals its replacement has no influence, which is right for contributions and wrong
/// for slopes; for those, [Replacement#noise] asks better.
///
/// @param replacement what stands in the place of the feature
/// @param draws how often it is asked, for replacements that draw
/// @param tolerance what counts as 0, relative to the largest score and influence
public record NonSensitivity(Replacement replacement, int draws, double tolerance)
    implements Metric {
  public NonSensitivity {
    Draws.require(draws);
  }

  /// Against a baseline.
  public static NonSensitivity of(Baseline baseline) {
    return new NonSensitivity(Replacement.by(baseline), 1, 1e-6);
  }

  @Override
  public String name() {
    return "non-sensitivity";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("replacement", replacement.toString());
    all.put("draws", draws);
    all.put("tolerance", tolerance);
    return all;
  }

  @Override
  public Family family() {
    return Family.AXIOMATIC;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    double[][][] drops = SingleFeatures.drops(explained, replacement, draws, key);
    double[][] scores = explained.scores();
    double[] shares = new double[explained.examples()];
    for (int i = 0; i < shares.length; i++) {
      double[] influence = new double[scores[i].length];
      for (int j = 0; j < influence.length; j++) {
        for (int k = 0; k < draws; k++) {
          influence[j] = Math.max(influence[j], Math.abs(drops[k][j][i]));
        }
      }
      double least = tolerance * Rows.reach(influence);
      double small = tolerance * Rows.reach(scores[i]);
      for (int j = 0; j < influence.length; j++) {
        boolean counts = influence[j] > least;
        boolean scored = Math.abs(scores[i][j]) > small;
        shares[i] += counts == scored ? 0 : 1.0 / influence.length;
      }
    }
    return shares;
  }
}
