package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// The mean of every channel over all its places: from (n, c, ...) to (n, c).
public record GlobalAvgPool() implements Layer {
  @Override
  public Tensor apply(Tensor x) {
    return x.globalAvgPool();
  }
}
