package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/// How much more complex an explanation becomes when all parameters of the model are drawn anew:
/// the rise of the entropy of its histogram, relative to what it was.
///
/// A. Hedström et al., "A fresh look at sanity checks for saliency maps" (2024), efficient MPRT.
/// Higher is better; a method that does not look at the model has 0. It compares no two
/// explanations pixel by pixel, so it needs no similarity and one randomised model only. A model
/// that uses nearly all of its features does not become more complex by chance. Undefined without
/// parameters, and where all scores are equal.
///
/// @param bins of the histogram, from the lowest score of an example to the highest
public record EfficientModelRandomisation(int bins) implements Metric {
  public EfficientModelRandomisation {
    if (bins < 2) {
      throw new IllegalArgumentException("a histogram needs at least 2 bins, got " + bins);
    }
  }

  /// With 100 bins.
  public EfficientModelRandomisation() {
    this(100);
  }

  @Override
  public String name() {
    return "efficient-model-randomisation";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("bins", bins);
  }

  @Override
  public Family family() {
    return Family.RANDOMISATION;
  }

  @Override
  public Scale scale() {
    return Scale.higher(-1, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    int layers = RandomisedModel.layers(explained.model(), explained.x());
    double[][] here = explained.scores();
    double[] rises = new double[here.length];
    Arrays.fill(rises, Double.NaN);
    if (layers > 0) {
      Function<Tensor, Tensor> other = RandomisedModel.of(explained.model(), layers, key);
      double[][] there = explained.scoresOf(other, explained.x(), explained.target());
      for (int i = 0; i < rises.length; i++) {
        double before = entropy(here[i]);
        rises[i] = before > 0 ? (entropy(there[i]) - before) / before : Double.NaN;
      }
    }
    return rises;
  }

  private double entropy(double... scores) {
    double low = Arrays.stream(scores).min().orElse(0);
    double width = Arrays.stream(scores).max().orElse(0) - low;
    double[] shares = new double[bins];
    for (double score : scores) {
      int bin = width == 0 ? 0 : Math.min(bins - 1, (int) ((score - low) / width * bins));
      shares[bin] += 1.0 / scores.length;
    }
    return Shares.entropy(shares);
  }
}
