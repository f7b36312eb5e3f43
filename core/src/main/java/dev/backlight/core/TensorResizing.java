package dev.backlight.core;

/// Interpolation, patches, pixel shuffling and sampling at a grid.
public sealed interface TensorResizing permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
