package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Root mean square normalisation: over the last axes, as many as the scale has, every example is
/// divided by its root mean square, then scaled. B. Zhang and R. Sennrich (2019).
///
/// @param scale of the shape of the last axes
/// @param eps what is added to the mean square
public record RmsNorm(Tensor scale, double eps) implements Layer {
  /// A layer of `F32` over last axes of these sizes: scale 1, eps 1e-6.
  public static RmsNorm of(int... sizes) {
    return new RmsNorm(Tensor.ones(Shape.of(sizes), DType.F32), 1e-6);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.rmsNorm(scale, eps);
  }
}
