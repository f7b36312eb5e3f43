package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Whether scores go with what their removal loses, feature by feature: Pearson's correlation, over
/// steps of features from the highest score down, of the step's sum of scores with what the answer
/// loses when the step alone is replaced.
///
/// D. Alvarez-Melis, T. Jaakkola, "Towards robust interpretability with self-explaining neural
/// networks" (2018). Higher is better, -1 to 1; draws have 0 on average, if steps are single
/// features. Undefined where either is the same for all steps. Features that act only together lose
/// nothing one by one.
///
/// @param replacement what stands in the place of features
/// @param featuresInStep how many are replaced together
public record FaithfulnessEstimate(Replacement replacement, int featuresInStep) implements Metric {
  public FaithfulnessEstimate {
    Draws.requireStep(featuresInStep);
  }

  /// Against a baseline, one feature at a time.
  public static FaithfulnessEstimate of(Baseline baseline) {
    return new FaithfulnessEstimate(Replacement.by(baseline), 1);
  }

  @Override
  public String name() {
    return "faithfulness-estimate";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("replacement", replacement.toString());
    all.put("features in a step", featuresInStep);
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
    int n = explained.examples();
    double[][] scores = explained.scores();
    int[][] order = new int[n][];
    Arrays.setAll(order, i -> Ranks.descending(scores[i]));
    double[] here = explained.output();
    int steps = Math.ceilDiv(d, featuresInStep);
    double[][] there =
        Answers.at(
            explained,
            steps,
            s ->
                replacement.of(
                    explained.x(),
                    Subsets.masks(explained.x(), order, s * featuresInStep, featuresInStep),
                    key));
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      double[] sums = new double[steps];
      double[] drops = new double[steps];
      for (int s = 0; s < steps; s++) {
        drops[s] = here[i] - there[s][i];
        for (int k = s * featuresInStep; k < Math.min(d, (s + 1) * featuresInStep); k++) {
          sums[s] += scores[i][order[i][k]];
        }
      }
      result[i] = Ranks.pearson(sums, drops);
    }
    return result;
  }
}
