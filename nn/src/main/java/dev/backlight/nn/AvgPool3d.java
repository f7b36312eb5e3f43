package dev.backlight.nn;

import dev.backlight.core.PoolOptions;
import dev.backlight.core.Tensor;

/// The mean of every window: from (n, c, d, h, w) to (n, c, od, oh, ow).
public record AvgPool3d(PoolOptions options) implements Layer {
  /// Windows of this size along every axis, side by side.
  public static AvgPool3d of(int kernel) {
    return new AvgPool3d(PoolOptions.of(kernel));
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.avgPool3d(options);
  }
}
