package dev.backlight.core;

import dev.backlight.core.op.Mul;

/// Operations on single elements and on pairs of them.
public sealed interface TensorMath permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// The product, element by element, broadcast by NumPy's rule.
  default Tensor mul(Tensor other) {
    return Tensor.apply(new Mul(), self(), other);
  }
}
