package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.function.Function;

/// How fast the answer falls when features are replaced by a baseline, the highest scores first.
///
/// A good explanation finds what carries the answer, so its curve falls early: a smaller area is
/// better. The first point is the unchanged input and the last is the baseline. V. Petsiuk, A. Das,
/// K. Saenko, "RISE" (2018). Areas are in the units of the answer and compare explanations of the
/// same answers only.
///
/// @param baseline what replaces the features
/// @param featuresInStep how many are replaced from point to point
public record DeletionCurve(Baseline baseline, int featuresInStep) {
  public DeletionCurve {
    Removal.requireStep(featuresInStep);
  }

  /// One feature after the other.
  public static DeletionCurve to(Baseline baseline) {
    return new DeletionCurve(baseline, 1);
  }

  /// With so many features in a step.
  public DeletionCurve step(int features) {
    return new DeletionCurve(baseline, features);
  }

  /// The curve of an explanation, in the order of its scores with their signs.
  public Curve of(Function<Tensor, Tensor> model, Attribution attribution) {
    Tensor x = attribution.x();
    return Removal.curve("deletion", model, attribution, x, baseline.like(x), featuresInStep);
  }
}
