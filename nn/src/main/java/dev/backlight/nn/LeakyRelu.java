package dev.backlight.nn;

import dev.backlight.core.Tensor;

/// `x` above 0 and `leak · x` below, element by element.
public record LeakyRelu(double leak) implements Layer {
  /// With a leak of 0.01.
  public static LeakyRelu of() {
    return new LeakyRelu(0.01);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.leakyRelu(leak);
  }
}
