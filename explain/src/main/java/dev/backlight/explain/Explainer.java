package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// A method that says what each element of an input contributed to one scalar of a model's answer.
///
/// An explainer is a small immutable value: the method and its parameters. Explaining changes
/// neither it nor the model, is safe from many threads, and gives the same bits for the same
/// arguments.
///
/// The model is any function from inputs (n, …) to outputs whose first axis is the batch, too.
/// Examples are independent: what the model answers for one must not depend on the others, and it
/// must take any number of them, because methods explain many points at once.
public interface Explainer {
  /// The name by which people ask for it, as in `integrated-gradients`.
  String name();

  /// What was chosen, in a fixed order: texts, numbers and truth values, as JSON holds them.
  Map<String, Object> parameters();

  /// What the scores of an example add up to.
  Completeness completeness();

  /// Explains one scalar for every example of `x` (n, …).
  Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target);
}
