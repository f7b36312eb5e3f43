package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Regions;
import java.util.LinkedHashMap;
import java.util.Map;

/// The area under the curve of the answer while regions are replaced, those with the highest sum of
/// scores first, over a unit axis.
///
/// G. Montavon, W. Samek, K.-R. Müller, "Methods for interpreting and understanding deep neural
/// networks" (2018). Lower is better, in the units of the answer, which have no end. With regions
/// of one element and a baseline it is [Deletion]. Regions that do not fit the objects blur what an
/// explanation says.
///
/// @param regions what is replaced together
/// @param replacement what stands in the place of a region
public record Selectivity(Regions regions, Replacement replacement) implements Metric {
  /// One feature at a time, against a baseline.
  public static Selectivity of(Baseline baseline) {
    return new Selectivity(Regions.each(), Replacement.by(baseline));
  }

  @Override
  public String name() {
    return "selectivity";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("regions", regions.toString());
    all.put("replacement", replacement.toString());
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
    RemovalPath path = new RemovalPath(explained, regions, replacement, false, key);
    return RemovalPath.areas(path.answers(RemovalPath.upTo(path.regions()), false));
  }
}
