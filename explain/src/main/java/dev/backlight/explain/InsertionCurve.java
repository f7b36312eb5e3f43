package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.function.Function;

/// How fast the answer rises when features are revealed on a baseline, the highest scores first.
///
/// A good explanation finds what carries the answer, so its curve rises early: a larger area is
/// better. The first point is the baseline and the last is the unchanged input. V. Petsiuk, A. Das,
/// K. Saenko, "RISE" (2018).
///
/// @param baseline what the features are revealed on
/// @param featuresInStep how many are revealed from point to point
public record InsertionCurve(Baseline baseline, int featuresInStep) {
  public InsertionCurve {
    Removal.requireStep(featuresInStep);
  }

  /// One feature after the other.
  public static InsertionCurve on(Baseline baseline) {
    return new InsertionCurve(baseline, 1);
  }

  /// With so many features in a step.
  public InsertionCurve step(int features) {
    return new InsertionCurve(baseline, features);
  }

  /// The curve of an explanation, in the order of its scores with their signs.
  public Curve of(Function<Tensor, Tensor> model, Attribution attribution) {
    Tensor x = attribution.x();
    return Removal.curve("insertion", model, attribution, baseline.like(x), x, featuresInStep);
  }
}
