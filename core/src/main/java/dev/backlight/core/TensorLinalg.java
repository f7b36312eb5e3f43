package dev.backlight.core;

/// Linear algebra on the last two axes: factorisations, solvers, determinants.
public sealed interface TensorLinalg permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
