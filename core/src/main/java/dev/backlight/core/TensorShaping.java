package dev.backlight.core;

/// Operations that move elements or combine axes: shapes, slices, products, convolutions.
public sealed interface TensorShaping permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
