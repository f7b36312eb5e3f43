package dev.backlight.core;

/// Gathering, scattering, diagonals, triangles, repetition and windows.
public sealed interface TensorIndexing permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();
}
