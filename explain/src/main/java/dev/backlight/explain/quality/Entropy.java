package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Arrays;

/// How evenly the scores are spread: the entropy of the shares of their magnitudes, `−Σ p ln p`.
///
/// U. Bhatt, A. Weller, J. Moura, "Evaluating and aggregating feature-based model explanations"
/// (2020), who call it complexity. Lower is better: 0 if one feature has all, ln d if all are
/// equal, so it grows with the number of features. Undefined where all scores are 0. It says
/// nothing about whether they are the right features.
public record Entropy() implements Metric {
  @Override
  public String name() {
    return "entropy";
  }

  @Override
  public Family family() {
    return Family.COMPLEXITY;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return Arrays.stream(explained.scores())
        .mapToDouble(scores -> Shares.entropy(Shares.of(scores)))
        .toArray();
  }
}
