package dev.backlight.core;

/// Operations that sort, accumulate along an axis, scatter and gather.
public sealed interface TensorOrder permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
