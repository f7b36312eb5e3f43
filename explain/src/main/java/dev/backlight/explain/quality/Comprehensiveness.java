package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.Map;

/// What the answer loses without what is named first: `f(x) − f(x without the strongest part)`, the
/// mean over several sizes of that part.
///
/// J. DeYoung et al., "ERASER: a benchmark to evaluate rationalized NLP models" (2020), over its
/// sizes of 1, 5, 10, 20 and 50 % of the features, at least one each. Higher is better, in the
/// units of the answer, which have no end: only explanations of the same answers compare. No order
/// loses more than the exact contributions to an additive model do. Inputs without their strongest
/// features are no data, and features that can stand in for each other lose little.
///
/// @param replacement what stands in the place of what is taken away
public record Comprehensiveness(Replacement replacement) implements Metric {
  /// Against a baseline.
  public static Comprehensiveness of(Baseline baseline) {
    return new Comprehensiveness(Replacement.by(baseline));
  }

  @Override
  public String name() {
    return "comprehensiveness";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("replacement", replacement.toString());
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
    return Rationale.losses(explained, replacement, false, key);
  }
}
