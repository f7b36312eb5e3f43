package dev.backlight.nn;

import dev.backlight.core.PoolOptions;
import dev.backlight.core.Tensor;

/// The mean of every window: from (n, c, w) to (n, c, ow).
public record AvgPool1d(PoolOptions options) implements Layer {
  /// Windows of this size along every axis, side by side.
  public static AvgPool1d of(int kernel) {
    return new AvgPool1d(PoolOptions.of(kernel));
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.avgPool1d(options);
  }
}
