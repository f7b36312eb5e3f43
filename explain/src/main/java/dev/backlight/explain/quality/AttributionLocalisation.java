package dev.backlight.explain.quality;

import dev.backlight.core.Key;

/// How many times its share of the picture a mask has of the positive scores: the mean positive
/// score inside over the mean positive score everywhere.
///
/// M. Kohlbrenner et al., "Towards best practice in explaining neural network decisions with LRP"
/// (2020), weighted attribution localisation: [RelevanceMass] over the part of the mask in the
/// picture, so that masks of different sizes compare. Higher is better, from 0; scores spread
/// evenly have 1, and no score outside gives the inverse of the mask's part. Undefined where no
/// score is above 0. Undefined where the mask is empty or full. Small masks reach higher numbers
/// than large ones. A model may well look elsewhere for good reasons: then a faithful explanation
/// scores low.
public record AttributionLocalisation() implements Metric {
  @Override
  public String name() {
    return "attribution-localisation";
  }

  @Override
  public Family family() {
    return Family.LOCALISATION;
  }

  @Override
  public Scale scale() {
    return Scale.higher(0, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return Masked.each(
        explained,
        (scores, inside) -> Masked.mass(scores, inside) * scores.length / Masked.size(inside));
  }
}
