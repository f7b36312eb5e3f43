package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.SmoothGrad;
import java.util.LinkedHashMap;
import java.util.Map;

/// Model parameter randomisation without the explanation's own noise: [ModelRandomisation] of the
/// mean explanation over points near x.
///
/// A. Hedström et al., "A fresh look at sanity checks for saliency maps" (2024), smooth MPRT. Noise
/// makes explanations of any two models unlike, and so flatters noisy methods in the plain form.
/// Lower is better, -1 to 1, and 0 is as good as it gets. Contributions carry the input, as in the
/// plain form.
///
/// @param spread the standard deviation of the points, in units of x
/// @param draws how many points
/// @param similarity how explanations are compared
public record SmoothModelRandomisation(double spread, int draws, Similarity similarity)
    implements Metric {
  /// By the ranks of magnitudes, at 10 points.
  public static SmoothModelRandomisation of(double spread) {
    return new SmoothModelRandomisation(spread, 10, Similarity.RANKS_OF_MAGNITUDES);
  }

  @Override
  public String name() {
    return "smooth-model-randomisation";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("spread", spread);
    all.put("draws", draws);
    all.put("similarity", similarity.toString());
    return all;
  }

  @Override
  public Family family() {
    return Family.RANDOMISATION;
  }

  @Override
  public Scale scale() {
    return Scale.lower(-1, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Explainer smooth = SmoothGrad.of(explained.explainer(), spread, draws, key.key());
    Explained mean = Explained.of(smooth, explained.model(), explained.x(), explained.target());
    return new ModelRandomisation(similarity).ask(mean, key);
  }
}
