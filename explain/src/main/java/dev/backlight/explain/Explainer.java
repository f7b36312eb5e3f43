package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
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
/// must take any number of them, because methods explain many points at once. A [ParallelModel]
/// answers them on several threads.
public interface Explainer {
  /// The name by which people ask for it, as in `integrated-gradients`.
  String name();

  /// What was chosen, in a fixed order: texts, numbers and truth values, as JSON holds them.
  Map<String, Object> parameters();

  /// What the scores of an example add up to.
  Completeness completeness();

  /// Explains one scalar for every example of `x` (n, …).
  Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target);

  /// Explains several scalars of the same answers: one explanation for each target, in order. With
  /// [Target#outputs] these are all outputs.
  ///
  /// Methods that sweep backwards share the forward pass; those that ask the model about points ask
  /// once for all targets.
  default List<Attribution> explainAll(
      Function<Tensor, Tensor> model, Tensor x, List<Target> targets) {
    Remembered remembered = new Remembered(model);
    List<Attribution> all = new ArrayList<>();
    for (Target target : targets) {
      all.add(explain(remembered, x, target));
      remembered.again();
    }
    return all;
  }

  /// This explainer for one model and for inputs like the example, ready to be asked again and
  /// again from any thread: with the bits of [#explain], and all that can be worked out beforehand
  /// done once.
  ///
  /// A method that is a tape keeps it and the memory to replay it; this one, if it says nothing
  /// else, has nothing to keep.
  ///
  /// @param model what is explained, with the weights that it has now
  /// @param example inputs of the shape (n, …) that all others will have
  /// @param target what is explained of them; where it differs from example to example, others may
  ///   be asked for later
  default CompiledExplainer compile(Function<Tensor, Tensor> model, Tensor example, Target target) {
    return CompiledExplainer.plain(this, model, example, target);
  }
}
