package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Regions;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the answer loses on average while regions are replaced, those with the highest sum of
/// scores first: `1 / (L + 1) Σ over k = 0 … L of f(x) − f(x after k regions)`, the area over the
/// perturbation curve (AOPC, most relevant first).
///
/// W. Samek et al., "Evaluating the visualization of what a deep neural network has learned"
/// (2017). Higher is better, in the units of the answer, which have no end. The paper replaces by
/// uniform draws; the draws are the same for all orders here. Which replacement is taken, and how
/// well regions fit the objects, moves the number.
///
/// @param regions what is replaced together
/// @param replacement what stands in the place of a region
/// @param steps L, how many regions at most
public record RegionPerturbation(Regions regions, Replacement replacement, int steps)
    implements Metric {
  public RegionPerturbation {
    if (steps < 1) {
      throw new IllegalArgumentException("a metric needs steps of at least 1, got " + steps);
    }
  }

  /// Of all regions, against a baseline.
  public static RegionPerturbation of(Regions regions, Baseline baseline) {
    return new RegionPerturbation(regions, Replacement.by(baseline), Integer.MAX_VALUE);
  }

  @Override
  public String name() {
    return "region-perturbation";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("regions", regions.toString());
    all.put("replacement", replacement.toString());
    all.put("steps", steps == Integer.MAX_VALUE ? "all" : steps);
    return all;
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.higher(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    RemovalPath path = new RemovalPath(explained, regions, replacement, false, key);
    int last = Math.min(steps, path.regions());
    double[][] answers = path.answers(RemovalPath.upTo(last), false);
    double[] losses = new double[explained.examples()];
    for (double[] there : answers) {
      for (int i = 0; i < losses.length; i++) {
        losses[i] += (answers[0][i] - there[i]) / answers.length;
      }
    }
    return losses;
  }
}
