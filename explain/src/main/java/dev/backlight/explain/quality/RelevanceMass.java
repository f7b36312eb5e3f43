package dev.backlight.explain.quality;

import dev.backlight.core.Key;

/// The part of the positive scores that is inside of the mask.
///
/// L. Arras, A. Osman, W. Samek, "CLEVR-XAI" (2022), relevance mass accuracy. Higher is better, 0
/// to 1; scores spread evenly have the part of the mask in the picture. Undefined where no score is
/// above 0. Undefined where the mask is empty or full. A model may well look elsewhere for good
/// reasons: then a faithful explanation scores low.
public record RelevanceMass() implements Metric {
  @Override
  public String name() {
    return "relevance-mass";
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
    return Masked.each(explained, Masked::mass);
  }
}
