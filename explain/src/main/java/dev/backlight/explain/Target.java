package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Which scalar of a model's answer is explained: one for every example.
///
/// | target | the scalar of an example |
/// |---|---|
/// | `Target.at(2)` | output 2 |
/// | `Target.each(2, 0, 1)` | an output of its own for every example |
/// | `Target.only()` | the only output |
/// | `Target.predicted()` | the greatest output at x |
/// | `Target.difference(2, 0)` | output 2 less output 0: why this and not that |
/// | `Target.of(f)` | any function of the outputs: an entropy, a loss |
///
/// Outputs are taken as they come; explain logits rather than probabilities, which saturate.
public interface Target {
  /// One scalar for every example, (n), from the outputs of the model, (n, …), in Tensor language.
  Tensor scalars(Tensor output);

  /// This target after every choice that depends on the answer at x has been made; most have none
  /// to make.
  default Target decided(Supplier<Tensor> outputAtX) {
    return this;
  }

  /// What differs from example to example, (n, …), such as an index or a label; for most targets
  /// nothing.
  default Optional<Tensor> perExample() {
    return Optional.empty();
  }

  /// This target for other examples, by what differs among them.
  default Target forExamples(Tensor different) {
    return this;
  }

  /// This target for so many copies of the batch laid end to end.
  default Target repeated(int copies) {
    return perExample()
        .map(different -> forExamples(Batches.repeated(different, copies)))
        .orElse(this);
  }

  /// This target for one example of the batch.
  default Target example(int i) {
    return perExample().map(different -> forExamples(different.slice(0, i, i + 1))).orElse(this);
  }

  /// One output, the same for all examples, of outputs (n, k).
  static Target at(int index) {
    return new Targets.At(index);
  }

  /// Every output by itself, of outputs (n, k): for [Explainer#explainAll].
  static List<Target> outputs(int k) {
    return IntStream.range(0, k).mapToObj(Target::at).toList();
  }

  /// An output for every example, of outputs (n, k).
  static Target each(int... perExample) {
    return each(Tensor.of(perExample));
  }

  /// An output for every example, of outputs (n, k), given as integers (n).
  static Target each(Tensor perExample) {
    if (!perExample.dtype().isInteger()) {
      throw new DTypeException(
          "a target for each example needs I32 or I64, got " + perExample.dtype());
    }
    if (perExample.rank() != 1) {
      throw new ShapeException(
          "a target for each example needs indices (n), got " + perExample.shape());
    }
    return new Targets.Each(
        perExample.dtype() == DType.I64 ? perExample.to(DType.I32) : perExample);
  }

  /// The only output, of outputs (n) or (n, 1).
  static Target only() {
    return new Targets.Only();
  }

  /// The greatest output at x, of outputs (n, k). It is chosen once, so along a path or under a
  /// perturbation the same output is explained.
  static Target predicted() {
    return new Targets.Predicted();
  }

  /// One output less another, of outputs (n, k): what speaks for `index` rather than `other`.
  static Target difference(int index, int other) {
    return new Targets.Difference(index, other);
  }

  /// Any function from outputs (n, …) to one scalar for every example, (n), in Tensor language. It
  /// may not mix examples and must take any number of them.
  static Target of(Function<Tensor, Tensor> scalars) {
    return of("a function of the outputs", scalars);
  }

  /// Any function of the outputs, described in words as explanations will print it.
  static Target of(String description, Function<Tensor, Tensor> scalars) {
    return new Targets.Of(description, scalars);
  }
}
