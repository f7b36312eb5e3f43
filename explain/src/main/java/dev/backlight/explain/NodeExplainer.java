package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// A method that says what each node of a model, layer by layer, contributed to one scalar of its
/// answer.
///
/// The model is asked on more rows at once than x has, as by an [Explainer]. Contributions are in
/// Tensor language: inside of `Tape.record` they become a part of the tape, differentiable with
/// respect to x and whatever the model is made of; an adaptive quadrature reads values, so there it
/// must be a fixed one.
public interface NodeExplainer {
  /// The name by which people ask for it.
  String name();

  /// What was chosen, in a fixed order.
  Map<String, Object> parameters();

  /// The contributions of all nodes to one scalar for every example of `x` (n, …).
  NodeContributions contributions(Function<Tensor, Tensor> model, Tensor x, Target target);
}
