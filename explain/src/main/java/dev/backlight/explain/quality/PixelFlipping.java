package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Regions;
import java.util.LinkedHashMap;
import java.util.Map;

/// The area under the curve of the answer while pixels are flipped to their mirror images one after
/// the other, the highest scores first, over a unit axis.
///
/// S. Bach et al., "On pixel-wise explanations for non-linear classifier decisions by layer-wise
/// relevance propagation" (2015). Lower is better, in the units of the answer, which have no end. A
/// flip goes twice the way to the middle of the range, so contributions from that middle are the
/// ones it judges.
///
/// @param low the lowest value of a pixel
/// @param high the highest
/// @param share of the pixels that are flipped, from which a curve of the first ones alone is made
public record PixelFlipping(double low, double high, double share) implements Metric {
  public PixelFlipping {
    Draws.requireShare(share);
  }

  /// All pixels, in a range.
  public static PixelFlipping of(double low, double high) {
    return new PixelFlipping(low, high, 1);
  }

  @Override
  public String name() {
    return "pixel-flipping";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("low", low);
    all.put("high", high);
    all.put("share", share);
    return all;
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.lower(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Replacement flipped = Replacement.flipped(low, high);
    RemovalPath path = new RemovalPath(explained, Regions.each(), flipped, false, key);
    int most = Math.max(1, (int) Math.round(share * path.regions()));
    return RemovalPath.areas(path.answers(RemovalPath.upTo(most), false));
  }
}
