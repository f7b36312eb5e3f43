package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Map;

/// How many of the k highest scores are inside of the mask, over k or, if that is less, over the
/// size of the mask.
///
/// J. Theiner, E. Müller-Budack, R. Ewerth, "Interpretable semantic photo geolocation" (2022).
/// Higher is better, 0 to 1. Equal scores share the last places evenly. Undefined where the mask is
/// empty or full. A model may well look elsewhere for good reasons: then a faithful explanation
/// scores low.
///
/// @param k how many of the highest scores
public record TopKIntersection(int k) implements Metric {
  public TopKIntersection {
    Draws.requireStep(k);
  }

  @Override
  public String name() {
    return "top-k-intersection";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("k", k);
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
    return Masked.each(explained, this::found);
  }

  private double found(double[] scores, boolean[] inside) {
    if (k > scores.length) {
      throw new IllegalArgumentException("k must be from 1 to " + scores.length + ", got " + k);
    }
    return Masked.hits(scores, inside, k) / Math.min(k, Masked.size(inside));
  }
}
