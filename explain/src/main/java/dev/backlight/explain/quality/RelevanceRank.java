package dev.backlight.explain.quality;

import dev.backlight.core.Key;

/// How many of the k highest scores are inside of a mask of k elements, over k.
///
/// L. Arras, A. Osman, W. Samek, "CLEVR-XAI" (2022), relevance rank accuracy. Higher is better, 0
/// to 1; draws have the part of the mask in the picture. Equal scores share the last places evenly.
/// Undefined where the mask is empty or full. A model may well look elsewhere for good reasons:
/// then a faithful explanation scores low.
public record RelevanceRank() implements Metric {
  @Override
  public String name() {
    return "relevance-rank";
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
    return Masked.each(
        explained,
        (scores, inside) -> Masked.hits(scores, inside, Masked.size(inside)) / Masked.size(inside));
  }
}
