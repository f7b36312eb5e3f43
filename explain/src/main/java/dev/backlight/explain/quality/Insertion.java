package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.InsertionCurve;
import java.util.LinkedHashMap;
import java.util.Map;

/// The area under the curve of the answer while features are revealed on a baseline, the highest
/// scores first, over a unit axis.
///
/// V. Petsiuk, A. Das, K. Saenko, "RISE" (2018). Higher is better, in the units of the answer,
/// which have no end: only explanations of the same answers compare. No order has a larger area
/// than the exact contributions to an additive model have. Inputs that are half revealed are no
/// data, so the model is asked about what it never saw. [InsertionCurve] draws the curve.
///
/// @param baseline what the features are revealed on
/// @param featuresInStep how many are revealed from point to point
public record Insertion(Baseline baseline, int featuresInStep) implements Metric {
  public Insertion {
    Draws.requireStep(featuresInStep);
  }

  /// One feature after the other.
  public static Insertion on(Baseline baseline) {
    return new Insertion(baseline, 1);
  }

  @Override
  public String name() {
    return "insertion";
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
    return Scale.higher(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return new InsertionCurve(baseline, featuresInStep)
        .of(explained.model(), explained.attribution())
        .areas();
  }
}
