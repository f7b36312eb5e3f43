package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Whether scores go with what their removal loses: Pearson's correlation, over random subsets of
/// one size, of the subset's sum of scores with what the answer loses without it.
///
/// U. Bhatt, A. Weller, J. Moura, "Evaluating and aggregating feature-based model explanations"
/// (2020). Higher is better, -1 to 1; draws have 0 on average. Undefined where all subsets have one
/// sum or one loss, as for a subset of all features. The scale of scores does not count. What
/// features do together, and what stands in their place, does.
///
/// @param replacement what stands in the place of the subset
/// @param share of the features that a subset has
/// @param draws how many subsets
public record FaithfulnessCorrelation(Replacement replacement, double share, int draws)
    implements Metric {
  public FaithfulnessCorrelation {
    Draws.requireShare(share);
    Draws.require(draws);
  }

  /// Against a baseline: 100 subsets of a fifth of the features.
  public static FaithfulnessCorrelation of(Baseline baseline) {
    return new FaithfulnessCorrelation(Replacement.by(baseline), 0.2, 100);
  }

  @Override
  public String name() {
    return "faithfulness-correlation";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("replacement", replacement.toString());
    all.put("share", share);
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
    int d = explained.features();
    int size = Math.clamp(Math.round(share * d), 1, d);
    return of(explained, replacement, size, draws, key);
  }

  /// The correlation over subsets of a size.
  static double[] of(Explained explained, Replacement replacement, int size, int draws, Key key) {
    List<Perturbations.Move> moves = new ArrayList<>();
    for (int k = 0; k < draws; k++) {
      Key draw = key.fold(k);
      boolean[] subset = Subsets.draw(explained.features(), size, draw.fold(0));
      moves.add(Perturbations.Move.removal(explained.x(), replacement, subset, draw.fold(1)));
    }
    Changes changes = Changes.of(explained, moves);
    double[] result = new double[explained.examples()];
    Arrays.setAll(result, changes::correlation);
    return result;
  }
}
