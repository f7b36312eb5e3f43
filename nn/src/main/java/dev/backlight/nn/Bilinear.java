package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A product of two inputs: `y[n, o] = Σ a[n, i] · weight[o, i, j] · b[n, j] + bias[o]`.
///
/// @param weight (out, i, j)
/// @param bias (out), or `null` for none
public record Bilinear(Tensor weight, @Nullable Tensor bias) {
  /// A new layer of `F32`, drawn by [Init#GLOROT], with a bias of zeros.
  public static Bilinear of(int left, int right, int out, Key key) {
    Tensor weight = Init.GLOROT.draw(Shape.of(out, left, right), left * right, out, DType.F32, key);
    return new Bilinear(weight, Tensor.zeros(Shape.of(out), DType.F32));
  }

  /// The outputs (n, out) for two batches of inputs.
  ///
  /// @param a (n, i)
  /// @param b (n, j)
  public Tensor apply(Tensor a, Tensor b) {
    int i = weight.size(1);
    int j = weight.size(2);
    if (a.rank() != 2
        || b.rank() != 2
        || a.size(1) != i
        || b.size(1) != j
        || a.size(0) != b.size(0)) {
      throw new ShapeException(
          "bilinear needs (n, "
              + i
              + ") and (n, "
              + j
              + "), got "
              + a.shape()
              + " and "
              + b.shape());
    }
    Tensor pairs = a.unsqueeze(2).mul(b.unsqueeze(1)).flattenFrom(1);
    Tensor y = pairs.matmul(weight.flattenFrom(1), false, true);
    return bias == null ? y : y.add(bias);
  }
}
