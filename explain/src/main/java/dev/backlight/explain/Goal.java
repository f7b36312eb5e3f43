package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Arrays;

/// The answer that a counterfactual is to have: a scalar of the output that is 0 or more once the
/// goal is reached.
///
/// @param words what is wanted
/// @param margin from outputs (n, …) to one scalar for every row, (n)
public record Goal(String words, Target margin) {
  /// A scalar of at least so much: `Goal.atLeast(Target.only(), 0)` is class 1 of one logit.
  public static Goal atLeast(Target target, double value) {
    return new Goal(
        target + " to be at least " + RankingPrinter.number(value),
        Target.of(target.toString(), out -> target.scalars(out).sub(value)));
  }

  /// A scalar of at most so much.
  public static Goal atMost(Target target, double value) {
    return new Goal(
        target + " to be at most " + RankingPrinter.number(value),
        Target.of(target.toString(), out -> target.scalars(out).neg().add(value)));
  }

  /// A class: its logit of (n, k) is the greatest.
  public static Goal classified(int as) {
    return new Goal("class " + as, Target.of("class " + as, out -> lead(out, as)));
  }

  /// By how much one logit is ahead of all others.
  private static Tensor lead(Tensor out, int index) {
    if (out.rank() == 2 && out.size(1) == 1) {
      throw new IllegalArgumentException(
          "a goal of a class needs logits of two classes or more, got " + out.shape());
    }
    int[] labels = new int[out.size(0)];
    Arrays.fill(labels, index);
    return GradientAttack.margin(out, Tensor.of(labels)).neg();
  }
}
