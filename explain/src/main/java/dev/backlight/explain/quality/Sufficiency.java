package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Map;

/// Whether like explanations go with equal answers: the share of the other examples with nearly the
/// same scores, `‖E(x) − E(x')‖ ≤ distance · ‖E(x)‖`, that get the same class.
///
/// S. Dasgupta, N. Frost, M. Moshkovitz, "Framework for evaluating faithfulness of local
/// explanations" (2022), who ask for all examples to which an explanation applies; for scores these
/// are taken to be those near to it. Higher is better, 0 to 1. Undefined where no other example is
/// that near, so it needs many examples; [Consistency] asks the same of the strongest features. The
/// class is the greatest output, or the sign of the only one. An explanation that is the same for
/// all has the part of the examples of its class; one of its own for every example is never asked.
///
/// @param distance how near is near, relative to the size of the scores
public record Sufficiency(double distance) implements Metric {
  public Sufficiency {
    if (!(distance > 0 && distance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "sufficiency needs a finite distance above 0, got " + distance);
    }
  }

  @Override
  public String name() {
    return "sufficiency";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("distance", distance);
  }

  @Override
  public Family family() {
    return Family.ROBUSTNESS;
  }

  @Override
  public Scale scale() {
    return Scale.higher(0, 1);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    double[][] scores = explained.scores();
    return Alike.answeredAlike(
        explained,
        (i, other) -> {
          double apart = Rows.norm(Rows.minus(scores[i], scores[other]));
          return apart <= distance * Rows.norm(scores[i]);
        });
  }
}
