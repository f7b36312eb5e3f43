package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// Everything of one example in a row: from (n, a, b, ...) to (n, a·b·...).
public record Flatten() implements Layer {
  @Override
  public Tensor apply(Tensor x) {
    return x.flattenFrom(1);
  }
}
