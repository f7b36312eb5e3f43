package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// What [Tcav] found of concepts. It prints as a table.
///
/// @param layer where concepts were looked for
/// @param target which scalar was asked about, decided
/// @param runs how often classifiers were taught
/// @param seed where random draws began
/// @param concepts in the order given
public record ConceptScores(
    String layer, Target target, int runs, long seed, List<Concept> concepts) {
  public ConceptScores {
    concepts = List.copyOf(concepts);
  }

  /// One concept.
  ///
  /// @param name its name
  /// @param scores of every run: the part of the inputs whose answer more of the concept would
  ///   raise, (runs) from 0 to 1
  /// @param chance the same for random sets of inputs
  /// @param accuracy the part of the inputs held out that classifiers told rightly, the mean over
  ///   runs; 0.5 is chance
  /// @param sensitivity the mean derivative of the answer along the concept, per unit of the layer
  public record Concept(
      String name, Tensor scores, Tensor chance, double accuracy, double sensitivity) {
    /// The mean score.
    public double score() {
      return scores.mean().item();
    }

    /// How probable scores so far from those of random sets are, if the concept is nothing to the
    /// answer: Welch's two-sided t-test. It knows nothing of other concepts that were tested.
    public double p() {
      return StudentT.welch(scores.toDoubles(), chance.toDoubles());
    }
  }

  /// The concept of this name.
  public Concept concept(String name) {
    return concepts.stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "a concept that was tested is needed, got "
                    + name
                    + "; there are "
                    + String.join(", ", concepts.stream().map(Concept::name).toList())));
  }

  /// The probability of a concept's scores, adjusted for having tested several: rejecting below a
  /// level keeps the chance of *any* false finding below it. S. Holm, "A simple sequentially
  /// rejective multiple test procedure" (1979).
  public double adjusted(Concept concept) {
    double[] p = concepts.stream().mapToDouble(Concept::p).toArray();
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(i -> i)
            .toArray();
    double largest = 0;
    for (int k = 0; k < order.length; k++) {
      largest = Math.max(largest, Math.min(1, p[order[k]] * (p.length - k)));
      if (concepts.get(order[k]).equals(concept)) {
        return largest;
      }
    }
    throw new IllegalArgumentException("a concept that was tested is needed, got " + concept);
  }

  /// Whether a concept's scores are others than those of random sets, at a level such as 0.05 for
  /// all concepts together.
  public boolean significant(Concept concept, double level) {
    return adjusted(concept) < level;
  }

  @Override
  public String toString() {
    int width =
        Math.max(
            "concept".length(), concepts.stream().mapToInt(c -> c.name().length()).max().orElse(0));
    String row = "%-" + width + "s  %-13s  %-13s  %-8s  %-8s  %s%n";
    StringBuilder text =
        new StringBuilder("tcav of ")
            .append(target)
            .append(" at ")
            .append(layer)
            .append(", ")
            .append(runs)
            .append(" runs, seed ")
            .append(seed)
            .append('\n')
            .append(line(row, "concept", "score", "random sets", "p", "adjusted", "classifier"));
    for (Concept c : concepts) {
      text.append(
          line(
              row,
              c.name(),
              spread(c.scores()),
              spread(c.chance()),
              probability(c.p()),
              probability(adjusted(c)),
              String.format(Locale.ROOT, "%.0f %% right", 100 * c.accuracy())));
    }
    return text.toString();
  }

  private static String line(String row, Object... cells) {
    return String.format(Locale.ROOT, row.replace("%n", "\n"), cells);
  }

  private static String spread(Tensor scores) {
    double[] values = scores.toDoubles();
    return String.format(
        Locale.ROOT, "%.2f ± %.2f", StudentT.mean(values), Math.sqrt(StudentT.variance(values)));
  }

  private static String probability(double p) {
    return p >= 0.001
        ? String.format(Locale.ROOT, "%.3f", p)
        : p < 1e-16 ? "< 1e-16" : String.format(Locale.ROOT, "%.0e", p);
  }
}
