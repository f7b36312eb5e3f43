package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.function.Function;

/// An explainer whose scores are written in Tensor language.
///
/// Inside `Tape.record` they become a part of the tape: replayable, printable, and differentiable
/// with respect to whatever the model is made of; so do those of [#explain], with all that comes
/// beside them. So an explanation can be part of a loss:
///
/// ```java
/// var loss = Tape.record(
///     m -> loss(m).add(saliency.scores(m::apply, x, Target.at(0)).square().sum()), model);
/// ```
public interface TensorExplainer extends Explainer {
  /// The scores, of the shape of `x`, in Tensor language: from data they are data, inside a
  /// recording they are written there.
  Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target);

  /// Whether it reads values as it is set up, such as an adaptive quadrature, a standard error to
  /// stop at, or a method of methods of which one does: then it cannot become a part of a tape.
  default boolean readsValues() {
    return false;
  }

  /// The explanation as a tape, replayed in memory that is kept: nothing but the result is made
  /// anew. One that [reads values][#readsValues] has nothing to keep.
  @Override
  default CompiledExplainer compile(Function<Tensor, Tensor> model, Tensor example, Target target) {
    return readsValues()
        ? CompiledExplainer.plain(this, model, example, target)
        : CompiledExplainer.of(RecordedExplanation.of(this, model, example, target));
  }

  /// Whether an explainer cannot become a part of a tape.
  static boolean readsValues(Explainer method) {
    return !(method instanceof TensorExplainer tensors) || tensors.readsValues();
  }
}
