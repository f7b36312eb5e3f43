package dev.backlight.core;

/// Convolutions, pools and resizing in one, two and three dimensions.
public sealed interface TensorImages permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
