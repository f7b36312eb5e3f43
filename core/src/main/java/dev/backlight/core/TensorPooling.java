package dev.backlight.core;

/// Pools in one, two and three dimensions: largest, mean, Lp, adaptive and global.
public sealed interface TensorPooling permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
