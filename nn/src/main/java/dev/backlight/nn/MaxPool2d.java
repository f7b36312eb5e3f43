package dev.backlight.nn;

import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Tensor;

/// The largest number of every window; of ties the first has the gradient: from (n, c, h, w) to (n,
/// c, oh, ow).
public record MaxPool2d(Pool2dOptions options) implements Layer {
  /// Square windows side by side.
  public static MaxPool2d of(int kernel) {
    return new MaxPool2d(Pool2dOptions.of(kernel));
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.maxPool2d(options);
  }

  @Override
  public String kind() {
    return "maxpool";
  }
}
