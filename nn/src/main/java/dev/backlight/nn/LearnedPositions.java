package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// Embeddings (n, t, d) with a learned row for each place added.
///
/// @param weight (most, d): how many places there may be
public record LearnedPositions(Tensor weight) implements Layer {
  /// A new layer of `F32`, drawn from a normal distribution of deviation 0.02.
  public static LearnedPositions of(int most, int width, Key key) {
    return new LearnedPositions(key.normal(Shape.of(most, width), DType.F32).mul(0.02));
  }

  @Override
  public Tensor apply(Tensor x) {
    if (x.rank() != 3 || x.size(1) > weight.size(0)) {
      throw new ShapeException(
          "positions need (n, t, d) with t of at most " + weight.size(0) + ", got " + x.shape());
    }
    return x.add(weight.slice(0, 0, x.size(1)));
  }
}
