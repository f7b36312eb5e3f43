package dev.backlight.core;

/// Special functions and activations, element by element.
public sealed interface TensorSpecial permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
