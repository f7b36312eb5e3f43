package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What it took to change a model's mind, example by example: the result of [MinimalPerturbation]
/// and [GradientAttack]. It prints the first examples with the elements that moved furthest.
///
/// @param method how it was looked for, in words
/// @param x the inputs (n, …)
/// @param changed near them, inputs with another answer; where none was found, as x
/// @param distance from x, in the norm that was asked for, (n) of `F64`; +∞ where none was found
/// @param from the class at x, (n)
/// @param to the class at the changed inputs, (n)
/// @param evaluations how often the model was run on each example, backward runs not counted
public record Perturbation(
    String method,
    Tensor x,
    Tensor changed,
    Tensor distance,
    Tensor from,
    Tensor to,
    long evaluations) {
  private static final int EXAMPLES = 3;
  private static final int ELEMENTS = 5;

  /// Whether another answer was found for an example.
  public boolean found(int example) {
    return distance.at(example) < Double.POSITIVE_INFINITY;
  }

  /// The part of the examples whose answer is the same within a distance: robust accuracy, if all
  /// answers at x were right. It is an upper bound: a closer perturbation may have been missed.
  public double robust(double within) {
    return distance.gt(within).to(DType.F64).mean().item();
  }

  @Override
  public String toString() {
    int n = x.size(0);
    StringBuilder text =
        new StringBuilder(method).append(", ").append(evaluations).append(" evaluations\n");
    for (int i = 0; i < Math.min(n, EXAMPLES); i++) {
      text.append("example ").append(i).append(": ");
      if (!found(i)) {
        text.append("class ").append((int) from.at(i)).append(", no other was found\n");
        continue;
      }
      text.append(
          String.format(
              Locale.ROOT,
              "class %d becomes %d at distance %s\n",
              (int) from.at(i),
              (int) to.at(i),
              RankingPrinter.number(distance.at(i))));
      moved(i, text);
    }
    if (n > EXAMPLES) {
      text.append("and ").append(n - EXAMPLES).append(" more examples\n");
    }
    return text.toString();
  }

  private void moved(int example, StringBuilder text) {
    double[] before = x.get(example).flatten().toDoubles();
    double[] after = changed.get(example).flatten().toDoubles();
    List<Integer> order = new ArrayList<>();
    for (int j = 0; j < before.length; j++) {
      if (before[j] != after[j]) {
        order.add(j);
      }
    }
    order.sort(Comparator.comparingDouble(j -> -Math.abs(after[j] - before[j])));
    for (int j : order.subList(0, Math.min(ELEMENTS, order.size()))) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %+.4g  at %d: %s becomes %s\n",
              after[j] - before[j],
              j,
              RankingPrinter.number(before[j]),
              RankingPrinter.number(after[j])));
    }
    if (order.size() > ELEMENTS) {
      text.append("  and ").append(order.size() - ELEMENTS).append(" more\n");
    }
  }
}
