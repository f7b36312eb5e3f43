package dev.backlight.nn;

import dev.backlight.core.PoolOptions;
import dev.backlight.core.Tensor;

/// The largest number of every window; of ties the first has the gradient: from (n, c, w) to (n, c,
/// ow).
public record MaxPool1d(PoolOptions options) implements Layer {
  /// Windows of this size along every axis, side by side.
  public static MaxPool1d of(int kernel) {
    return new MaxPool1d(PoolOptions.of(kernel));
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.maxPool1d(options);
  }
}
