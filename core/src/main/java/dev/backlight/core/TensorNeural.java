package dev.backlight.core;

/// What networks are made of: normalisations, attention, losses, dropout.
public sealed interface TensorNeural permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
