package dev.backlight.explain.quality;

import dev.backlight.core.Key;

/// The probability that an element inside of the mask has a higher score than one outside, ties
/// counting half: the area under the ROC curve.
///
/// T. Fawcett, "An introduction to ROC analysis" (2006). Higher is better, 0 to 1; draws have a
/// half. Undefined where the mask is empty or full. A model may well look elsewhere for good
/// reasons: then a faithful explanation scores low.
public record RocArea() implements Metric {
  @Override
  public String name() {
    return "roc-area";
  }

  @Override
  public Family family() {
    return Family.LOCALISATION;
  }

  @Override
  public Scale scale() {
    return Scale.higher(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return Masked.each(explained, RocArea::area);
  }

  /// By the ranks of those inside.
  private static double area(double[] scores, boolean[] inside) {
    double[] ranks = Ranks.of(scores);
    double k = Masked.size(inside);
    double sum = 0;
    for (int j = 0; j < ranks.length; j++) {
      sum += inside[j] ? ranks[j] : 0;
    }
    return (sum - k * (k - 1) / 2) / (k * (ranks.length - k));
  }
}
