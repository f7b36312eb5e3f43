package dev.backlight.explain.quality;

import dev.backlight.core.Key;

/// Whether the highest score is inside of the mask: 1 or 0.
///
/// J. Zhang et al., "Top-down neural attention by excitation backprop" (2016). Higher is better.
/// Where several share the highest score, the part of them that is inside. Undefined where the mask
/// is empty or full. A model may well look elsewhere for good reasons: then a faithful explanation
/// scores low.
public record PointingGame() implements Metric {
  @Override
  public String name() {
    return "pointing-game";
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
    return Masked.each(explained, (scores, inside) -> Masked.hits(scores, inside, 1));
  }
}
