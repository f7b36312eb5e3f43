package dev.backlight.core;

/// Running sums, products, extremes and first-order recurrences along an axis.
public sealed interface TensorScans permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
