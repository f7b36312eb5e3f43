package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Map;

/// How steep scores are near x: `max ‖E(x) − E(x')‖ / ‖x − x'‖` in the Euclidean norm, over points
/// x' near x.
///
/// D. Alvarez-Melis, T. Jaakkola, "On the robustness of interpretability methods" (2018). Lower is
/// better, from 0, in units of a score per unit of x: larger scores are steeper. Contributions to a
/// linear model are as steep as the model, slopes have 0. Undefined where no point differs from x.
///
/// @param perturbation the points near x
public record LocalLipschitz(Perturbations perturbation) implements Metric {
  /// At uniform noise of at most a radius in every element.
  public static LocalLipschitz of(double radius) {
    return new LocalLipschitz(Perturbations.uniform(radius, 10));
  }

  @Override
  public String name() {
    return "local-lipschitz";
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
    double[][] x = Rows.of(explained.x());
    return Neighbours.of(explained, perturbation, key)
        .each((here, there) ->
            Rows.norm(Rows.minus(here, there.scores()))
                / Rows.norm(Rows.minus(x[there.example()], there.x())))
        .most();
  }
}
