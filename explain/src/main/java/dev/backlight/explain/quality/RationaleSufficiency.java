package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.explain.Baseline;
import java.util.Map;

/// What the answer loses when only what is named first is left: `f(x) − f(the strongest part
/// alone)`, the mean over several sizes of that part.
///
/// J. DeYoung et al., "ERASER: a benchmark to evaluate rationalized NLP models" (2020), over its
/// sizes of 1, 5, 10, 20 and 50 % of the features, at least one each. Lower is better, in the units
/// of the answer, which have no end, and below 0 where the part says more than the whole: only
/// explanations of the same answers compare. No order loses less than the exact contributions to an
/// additive model do. Inputs that are mostly replacement are no data. [Sufficiency] is another
/// question.
///
/// @param replacement what stands in the place of what is taken away
public record RationaleSufficiency(Replacement replacement) implements Metric {
  /// Against a baseline.
  public static RationaleSufficiency of(Baseline baseline) {
    return new RationaleSufficiency(Replacement.by(baseline));
  }

  @Override
  public String name() {
    return "rationale-sufficiency";
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
    return Scale.lower(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    return Rationale.losses(explained, replacement, true, key);
  }
}
