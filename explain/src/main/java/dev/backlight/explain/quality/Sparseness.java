package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Arrays;

/// Whether few features have the scores: the Gini index of their magnitudes.
///
/// `Σ (2 i − d − 1) share_i / d` over the shares in ascending order. P. Chalasani et al., "Concise
/// explanations of neural networks using adversarial training" (2020). Higher is better: 0 if all
/// are equal, 1 − 1/d if one has all. Undefined where all scores are 0. It says nothing about
/// whether they are the right features.
public record Sparseness() implements Metric {
  @Override
  public String name() {
    return "sparseness";
  }

  @Override
  public Family family() {
    return Family.COMPLEXITY;
  }

  @Override
  public Scale scale() {
    return Scale.higher(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return Arrays.stream(explained.scores()).mapToDouble(Sparseness::gini).toArray();
  }

  private static double gini(double... scores) {
    double[] shares = Shares.of(scores);
    Arrays.sort(shares);
    int n = shares.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (2.0 * (i + 1) - n - 1) * shares[i];
    }
    return sum / n;
  }
}
