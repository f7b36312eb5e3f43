package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/// What the methods that take one backward sweep at x share.
final class Gradients {
  private Gradients() {}

  /// Scores from input and gradient, in Tensor language.
  static Tensor scores(
      Function<Tensor, Tensor> model, Tensor x, Target target, BinaryOperator<Tensor> combine) {
    Recorded.requireBatch(x);
    return combine.apply(x, Recorded.of(model, x, target).gradient());
  }

  /// What arrives at the input under a rule, in Tensor language.
  static Tensor scores(BackwardRule rule, Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    return Recorded.of(model, x, target.decided(() -> model.apply(x))).sweep(rule).inputs();
  }

  /// Scores from input and gradient, as a result.
  static Attribution explain(
      Explainer by,
      Function<Tensor, Tensor> model,
      Tensor x,
      Target target,
      BinaryOperator<Tensor> combine) {
    return sweep(by, BackwardRule.CHAIN, model, x, target, combine);
  }

  /// Scores from input and what arrives there under a rule, as a result.
  static Attribution sweep(
      Explainer by,
      BackwardRule rule,
      Function<Tensor, Tensor> model,
      Tensor x,
      Target target,
      BinaryOperator<Tensor> combine) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Trace<Tensor> trace = Recorded.of(model, x, decided).sweep(rule);
    Tensor scores = combine.apply(x, trace.inputs());
    return Attribution.of(by, x, decided, scores, trace.output().getFirst());
  }
}
