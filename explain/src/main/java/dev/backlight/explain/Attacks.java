package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;

/// Inputs near x that a model does worse on: how little it takes to change its mind.
///
/// The loss is any function from inputs (n, …) to one number for every example, (n), in Tensor
/// language, as `x -> Losses.crossEntropyOfEach(model.apply(x), labels)`; examples are independent.
public final class Attacks {
  private Attacks() {}

  /// One step of `epsilon` in every element, uphill: `x + epsilon · sign(∂loss/∂x)`. I. Goodfellow,
  /// J. Shlens, C. Szegedy, "Explaining and harnessing adversarial examples" (2015).
  public static Tensor fgsm(Function<Tensor, Tensor> loss, Tensor x, double epsilon) {
    requireSize("epsilon", epsilon);
    return x.add(slope(loss, x).sign().mul(epsilon));
  }

  /// Steps uphill that stay within `epsilon` of x in every element: projected gradient ascent. A.
  /// Madry et al., "Towards deep learning models resistant to adversarial attacks" (2018).
  ///
  /// @param step how far each goes in every element
  /// @param steps how many
  public static Tensor pgd(
      Function<Tensor, Tensor> loss, Tensor x, double epsilon, double step, int steps) {
    requireSize("epsilon", epsilon);
    requireSize("step", step);
    requireSteps(steps);
    Tensor low = x.sub(epsilon);
    Tensor high = x.add(epsilon);
    Tensor at = x;
    for (int k = 0; k < steps; k++) {
      at = at.add(slope(loss, at).sign().mul(step)).maximum(low).minimum(high);
    }
    return at;
  }

  /// As [#pgd], within a ball: no example moves further than `epsilon` in the Euclidean norm, and
  /// each step goes along the gradient itself.
  public static Tensor pgdInBall(
      Function<Tensor, Tensor> loss, Tensor x, double epsilon, double step, int steps) {
    requireSize("epsilon", epsilon);
    requireSize("step", step);
    requireSteps(steps);
    Tensor moved = x.mul(0);
    for (int k = 0; k < steps; k++) {
      Tensor slope = slope(loss, x.add(moved));
      Tensor size = length(slope);
      Tensor unit = size.gt(0).where(slope.div(size.maximum(Float.MIN_NORMAL)), 0);
      moved = moved.add(unit.mul(step));
      Tensor far = length(moved);
      moved =
          far.gt(epsilon).where(moved.mul(far.maximum(epsilon).reciprocal().mul(epsilon)), moved);
    }
    return x.add(moved);
  }

  /// The Euclidean length of every example, on all of its elements.
  private static Tensor length(Tensor x) {
    Tensor flat = x.reshape(x.size(0), x.elements() / x.size(0));
    return flat.square().sum(1).sqrt().unsqueeze(1).expand(flat.shape()).reshape(x.shape());
  }

  private static Tensor slope(Function<Tensor, Tensor> loss, Tensor x) {
    Recorded.requireBatch(x);
    return Tape.record(loss, x)
        .trace(BackwardRule.CHAIN, Function.identity(), List.of())
        .run(x)
        .inputs();
  }

  private static void requireSize(String what, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "an attack needs a finite " + what + " above 0, got " + value);
    }
  }

  private static void requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("an attack needs 1 step or more, got " + steps);
    }
  }
}
