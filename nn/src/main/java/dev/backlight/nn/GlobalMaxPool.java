package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// The largest number of every channel: from (n, c, ...) to (n, c); ties share the gradient evenly.
public record GlobalMaxPool() implements Layer {
  @Override
  public Tensor apply(Tensor x) {
    return x.globalMaxPool();
  }
}
