package dev.backlight.nn;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// The mean of every channel of an image: from (n, c, h, w) to (n, c).
public record GlobalAvgPool() implements Layer {
  @Override
  public Tensor apply(Tensor x) {
    if (x.rank() != 4) {
      throw new ShapeException("globalavgpool needs (n, c, h, w), got " + x.shape());
    }
    return x.mean(2, 3);
  }
}
