package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A dense layer: `y = x · weight + bias`, from (n, in) to (n, out).
///
/// @param weight (in, out)
/// @param bias (out), or `null` for none
public record Linear(Tensor weight, @Nullable Tensor bias) implements Layer {
  /// A new layer of `F32`, drawn by [Init#GLOROT], with a bias of zeros.
  public static Linear of(int in, int out, Key key) {
    return of(in, out, Init.GLOROT, DType.F32, key);
  }

  /// A new layer of `F32` with a bias of zeros.
  public static Linear of(int in, int out, Init init, Key key) {
    return of(in, out, init, DType.F32, key);
  }

  /// A new layer with a bias of zeros.
  public static Linear of(int in, int out, Init init, DType dtype, Key key) {
    Tensor weight = init.draw(Shape.of(in, out), in, out, dtype, key);
    return new Linear(weight, Tensor.zeros(Shape.of(out), dtype));
  }

  /// The same layer without a bias.
  public Linear withoutBias() {
    return new Linear(weight, null);
  }

  @Override
  public Tensor apply(Tensor x) {
    Tensor y = x.matmul(weight);
    return bias == null ? y : y.add(bias);
  }
}
