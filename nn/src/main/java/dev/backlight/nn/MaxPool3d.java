package dev.backlight.nn;

import dev.backlight.core.PoolOptions;
import dev.backlight.core.Tensor;

/// The largest number of every window; of ties the first has the gradient: from (n, c, d, h, w) to
/// (n, c, od, oh, ow).
public record MaxPool3d(PoolOptions options) implements Layer {
  /// Windows of this size along every axis, side by side.
  public static MaxPool3d of(int kernel) {
    return new MaxPool3d(PoolOptions.of(kernel));
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.maxPool3d(options);
  }
}
