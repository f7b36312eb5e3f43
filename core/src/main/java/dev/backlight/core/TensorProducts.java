package dev.backlight.core;

/// Einstein sums and other products of tensors.
public sealed interface TensorProducts permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
