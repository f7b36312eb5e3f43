package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.List;

/// A row that would have had another answer, or how near to one the search came. It prints as the
/// list of what would have to change.
///
/// @param found whether the goal was reached within all constraints
/// @param x the row as it is, (1, d)
/// @param changed the row as it would have to be, (1, d); if none was found, the nearest to the
///   goal that was met
/// @param goal what was wanted
/// @param before how far the row is from the goal: below 0 it is not reached
/// @param after the same for the changed row
/// @param cost of all changes, in units of the features' scales
/// @param changes what would have to be otherwise, the dearest first
/// @param evaluations how many rows the model was asked about
public record Counterfactual(
    boolean found,
    Tensor x,
    Tensor changed,
    Goal goal,
    double before,
    double after,
    double cost,
    List<Change> changes,
    long evaluations) {
  public Counterfactual {
    changes = List.copyOf(changes);
  }

  /// One feature that would have to be otherwise.
  ///
  /// @param feature its name
  /// @param from its value, as people read it
  /// @param to what it would have to be
  /// @param cost of the change
  public record Change(String feature, String from, String to, double cost) {}

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!found) {
      text.append("no counterfactual was found for ")
          .append(goal.words())
          .append(": ")
          .append(RankingPrinter.number(-after))
          .append(" short of it at best, ")
          .append(RankingPrinter.number(-before))
          .append(" at x, after ")
          .append(evaluations)
          .append(" rows\n");
      return text.toString();
    }
    text.append("for ").append(goal.words()).append(", at a cost of ");
    text.append(RankingPrinter.number(cost)).append(" in ").append(evaluations).append(" rows\n");
    int width = changes.stream().mapToInt(c -> c.feature().length()).max().orElse(0);
    for (Change change : changes) {
      text.append("  ")
          .append(change.feature())
          .append(" ".repeat(width - change.feature().length()))
          .append("  ")
          .append(change.from())
          .append(" becomes ")
          .append(change.to())
          .append('\n');
    }
    if (changes.isEmpty()) {
      text.append("  nothing: the row has it already\n");
    }
    return text.toString();
  }
}
