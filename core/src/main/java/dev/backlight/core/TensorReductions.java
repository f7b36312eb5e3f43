package dev.backlight.core;

/// Operations that gather many elements into one: sums, means, maxima, softmax.
public sealed interface TensorReductions permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
