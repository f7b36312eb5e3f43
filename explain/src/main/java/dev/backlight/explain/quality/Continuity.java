package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Arrays;
import java.util.Map;

/// The strongest variation of an explanation for how far the input moves: `max ‖E(x) − E(x')‖₁ / ‖x
/// − x'‖₂` over points x' near x.
///
/// G. Montavon, W. Samek, K.-R. Müller, "Methods for interpreting and understanding deep neural
/// networks" (2018), who also move a picture step by step, as [Perturbations#shifts] does. Lower is
/// better, from 0, in units of a score per unit of x. It is [LocalLipschitz] with all changes of an
/// explanation added up, so it grows with the number of features. Contributions to a linear model
/// are as steep as the model, slopes have 0. Undefined where no point differs from x.
///
/// @param perturbation the points near x
public record Continuity(Perturbations perturbation) implements Metric {
  /// At uniform noise of at most a radius in every element.
  public static Continuity of(double radius) {
    return new Continuity(Perturbations.uniform(radius, 10));
  }

  @Override
  public String name() {
    return "continuity";
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
            Arrays.stream(Rows.minus(here, there.scores())).map(Math::abs).sum()
                / Rows.norm(Rows.minus(x[there.example()], there.x())))
        .most();
  }
}
