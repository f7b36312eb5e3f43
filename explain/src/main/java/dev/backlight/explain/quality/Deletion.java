package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.DeletionCurve;
import java.util.LinkedHashMap;
import java.util.Map;

/// The area under the curve of the answer while features are replaced by a baseline, the highest
/// scores first, over a unit axis.
///
/// V. Petsiuk, A. Das, K. Saenko, "RISE" (2018). Lower is better, in the units of the answer, which
/// have no end: only explanations of the same answers compare. No order has a smaller area than the
/// exact contributions to an additive model have. Inputs that are half deleted are no data, so the
/// model is asked about what it never saw. [DeletionCurve] draws the curve.
///
/// @param baseline what replaces the features
/// @param featuresInStep how many are replaced from point to point
public record Deletion(Baseline baseline, int featuresInStep) implements Metric {
  public Deletion {
    Draws.requireStep(featuresInStep);
  }

  /// One feature after the other.
  public static Deletion to(Baseline baseline) {
    return new Deletion(baseline, 1);
  }

  @Override
  public String name() {
    return "deletion";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("features in a step", featuresInStep);
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
    return new DeletionCurve(baseline, featuresInStep)
        .of(explained.model(), explained.attribution())
        .areas();
  }
}
