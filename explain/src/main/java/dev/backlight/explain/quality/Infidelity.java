package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.LinkedHashMap;
import java.util.Map;

/// How far scores mispredict what perturbations do: the mean of `(β Σ weight · score − (f(x) − f(x
/// − I)))²` over perturbations I.
///
/// C.-K. Yeh et al., "On the (in)fidelity and sensitivity of explanations" (2019). Lower is better,
/// from 0, in the units of the answer, squared. What a score predicts depends on what it is: a
/// slope predicts its product with I, so slopes are asked with noise; a contribution predicts what
/// the answer loses when its feature is removed, so contributions are asked with
/// [Perturbations#removal]. An exact explanation of an additive model has 0 if it is asked in its
/// own way. Large answers have large numbers, so only explanations of the same answers compare.
///
/// @param perturbation which points are asked
/// @param scaled whether scores are first brought to the scale that fits best, `β = mean(ab) /
///   mean(a²)` with a the predicted and b the real change; otherwise β is 1
public record Infidelity(Perturbations perturbation, boolean scaled) implements Metric {
  /// Of contributions, by removing subsets of all sizes.
  public static Infidelity of(Baseline baseline) {
    return new Infidelity(Perturbations.removal(Replacement.by(baseline), 50), false);
  }

  /// Of slopes, by normal noise.
  public static Infidelity noise(double spread) {
    return new Infidelity(Perturbations.normal(spread, 50), false);
  }

  /// After the scale that fits best.
  public Infidelity fitted() {
    return new Infidelity(perturbation, true);
  }

  @Override
  public String name() {
    return "infidelity";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("perturbation", perturbation.toString());
    all.put("scaled", scaled);
    return all;
  }

  @Override
  public Family family() {
    return Family.FAITHFULNESS;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Changes changes = Changes.of(explained, perturbation.around(explained.x(), key));
    double[] result = new double[explained.examples()];
    for (int i = 0; i < result.length; i++) {
      double scale = scaled ? changes.scale(i) : 1;
      for (int k = 0; k < changes.real().length; k++) {
        double off = scale * changes.predicted()[k][i] - changes.real()[k][i];
        result[i] += off * off / changes.real().length;
      }
    }
    return result;
  }
}
