package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// A function from a batch of inputs to a batch of outputs, with whatever tensors it needs inside.
///
/// The first axis is the batch. Layers are immutable, mostly records, so a gradient with respect to
/// one has its own type. A lambda is a layer too; only the named ones can be saved.
@FunctionalInterface
public interface Layer {
  /// The outputs for a batch of inputs.
  Tensor apply(Tensor x);

  /// The outputs for a batch of inputs in training: as [#apply], unless the layer
  /// [differs][#differsInTraining()] then, as [Dropout] and [BatchNorm] do.
  default Tensor train(Tensor x, Train pass) {
    return apply(x);
  }

  /// Whether [#train] is something else than [#apply]; a layer of layers asks those.
  default boolean differsInTraining() {
    return false;
  }

  /// What kind of layer it is, in one word; [Sequential] numbers its layers by kind: `linear1`,
  /// `relu1`.
  default String kind() {
    Class<?> type = getClass();
    return type.isHidden() || type.getSimpleName().isEmpty()
        ? "layer"
        : type.getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
