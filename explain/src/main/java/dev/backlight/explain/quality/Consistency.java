package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/// Whether equal explanations go with equal answers: the share of the other examples with the same
/// strongest features, signs included, that get the same class.
///
/// S. Dasgupta, N. Frost, M. Moshkovitz, "Framework for evaluating faithfulness of local
/// explanations" (2022), who leave open how explanations become discrete; here by the set of the k
/// strongest features. Higher is better, 0 to 1. Undefined where no other example has the same, so
/// it needs many examples, and few features. The class is the greatest output, or the sign of the
/// only one. An explanation of its own for every example is never asked.
///
/// @param k how many features
public record Consistency(int k) implements Metric {
  public Consistency {
    Draws.requireStep(k);
  }

  @Override
  public String name() {
    return "consistency";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("k", k);
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
    String[] codes = Arrays.stream(explained.scores()).map(this::code).toArray(String[]::new);
    return Alike.answeredAlike(explained, (i, other) -> codes[i].equals(codes[other]));
  }

  private String code(double... scores) {
    return Arrays.toString(
        IntStream.of(Ranks.strongest(scores))
            .limit(k)
            .map(j -> (j + 1) * (int) Math.signum(scores[j]))
            .sorted()
            .toArray());
  }
}
