package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// A row of numbers for every one of `k` things: from indices of any shape (...) to (..., d).
///
/// An index that is out of range is an error. Its inputs are integers, so it is the first layer.
///
/// @param weight (k, d)
public record Embedding(Tensor weight) implements Layer {
  /// A new layer of `F32`, drawn from the standard normal distribution.
  public static Embedding of(int things, int numbers, Key key) {
    return of(things, numbers, DType.F32, key);
  }

  /// A new layer, drawn from the standard normal distribution.
  public static Embedding of(int things, int numbers, DType dtype, Key key) {
    if (things < 1 || numbers < 1) {
      throw new IllegalArgumentException(
          "an embedding needs at least 1 thing and 1 number, got " + things + " and " + numbers);
    }
    return new Embedding(key.normal(Shape.of(things, numbers), dtype));
  }

  @Override
  public Tensor apply(Tensor x) {
    return weight.take(0, x);
  }
}
