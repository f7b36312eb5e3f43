package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.List;

/// One link of an optimiser: a change of the direction in which parameters will move, with a
/// memory.
///
/// The direction begins as the gradient; after the last link it is subtracted from the parameters.
/// A direction holds one tensor a parameter, in the order of the model. Links are pure and written
/// in Tensor language.
public interface Transform {
  /// The memory before the first step, for parameters like these; empty unless there is one.
  default List<Tensor> start(Leaves parameters) {
    return List.of();
  }

  /// The changed direction, and the memory for the next step.
  Move apply(Move move, Leaves parameters);

  /// The memory after an epoch came to this loss; most links do not care. On tensors with values,
  /// between steps.
  default List<Tensor> judged(double loss, List<Tensor> memory, Leaves parameters) {
    return memory;
  }

  /// A direction, one tensor a parameter, and the memory of the link that it comes to or from.
  record Move(List<Tensor> direction, List<Tensor> memory) {
    public Move {
      direction = List.copyOf(direction);
      memory = List.copyOf(memory);
    }
  }
}
