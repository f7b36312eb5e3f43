package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Regions;
import java.util.LinkedHashMap;
import java.util.Map;

/// Iterative removal of features: the area over the curve of the answer, as a part of what it was,
/// while segments are replaced, those with the highest mean score first.
///
/// L. Rieger, L. Hansen, "IROF: a low resource evaluation metric for explanation methods" (2020).
/// `1 − f(x after k segments) / f(x)`, averaged over k by the trapezoidal rule. Higher is better.
/// Meant for answers above 0, such as probabilities: undefined where f(x) is not. The paper's
/// segments are super-pixels; any [Regions] will do.
///
/// @param segments what is replaced together
/// @param replacement what stands in the place of a segment
public record Irof(Regions segments, Replacement replacement) implements Metric {
  /// Against a baseline.
  public static Irof of(Regions segments, Baseline baseline) {
    return new Irof(segments, Replacement.by(baseline));
  }

  @Override
  public String name() {
    return "irof";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("segments", segments.toString());
    all.put("replacement", replacement.toString());
    return all;
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.higher(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    RemovalPath path = new RemovalPath(explained, segments, replacement, true, key);
    double[][] answers = path.answers(RemovalPath.upTo(path.regions()), false);
    double[] areas = RemovalPath.areas(answers);
    for (int i = 0; i < areas.length; i++) {
      areas[i] = answers[0][i] > 0 ? 1 - areas[i] / answers[0][i] : Double.NaN;
    }
    return areas;
  }
}
