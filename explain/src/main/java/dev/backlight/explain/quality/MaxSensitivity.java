package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Map;

/// By how much scores move at most near x: `max ‖E(x − e) − E(x)‖ / ‖E(x)‖` in the Euclidean norm,
/// over perturbations e.
///
/// C.-K. Yeh et al., "On the (in)fidelity and sensitivity of explanations" (2019). Lower is better,
/// from 0. Undefined where all scores are 0. Scores that never change have 0, whatever they are
/// worth; and where the model itself turns, a faithful explanation has to move.
///
/// @param perturbation the points near x
public record MaxSensitivity(Perturbations perturbation) implements Metric {
  /// At uniform noise of at most a radius in every element.
  public static MaxSensitivity of(double radius) {
    return new MaxSensitivity(Perturbations.uniform(radius, 10));
  }

  @Override
  public String name() {
    return "max-sensitivity";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("perturbation", perturbation.toString());
  }

  @Override
  public Family family() {
    return Family.ROBUSTNESS;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return Neighbours.of(explained, perturbation, key)
        .each((here, there) -> Rows.norm(Rows.minus(there.scores(), here)) / Rows.norm(here))
        .most();
  }
}
