package dev.backlight.nn;

import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Tensor;

/// The mean of every window: from (n, c, h, w) to (n, c, oh, ow).
public record AvgPool2d(Pool2dOptions options) implements Layer {
  /// Square windows side by side.
  public static AvgPool2d of(int kernel) {
    return new AvgPool2d(Pool2dOptions.of(kernel));
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.avgPool2d(options);
  }

  @Override
  public String kind() {
    return "avgpool";
  }
}
