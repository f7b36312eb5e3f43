package dev.backlight.nn;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// Embeddings (n, t, d) with [Positions#sinusoidal] added.
public record SinusoidalPositions() implements Layer {
  @Override
  public Tensor apply(Tensor x) {
    if (x.rank() != 3) {
      throw new ShapeException("positions need (n, t, d), got " + x.shape());
    }
    return x.add(Positions.sinusoidal(x.size(1), x.size(2), x.dtype()));
  }
}
