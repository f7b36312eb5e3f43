package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Layer normalisation: over the last axes, as many as the scale has, every example is brought to
/// mean 0 and variance 1, then scaled and shifted. J. L. Ba, J. R. Kiros and G. E. Hinton (2016).
///
/// @param scale of the shape of the last axes
/// @param shift of the same shape, or `null` for none
/// @param eps what is added to the variance
public record LayerNorm(Tensor scale, @Nullable Tensor shift, double eps) implements Layer {
  /// A layer of `F32` over last axes of these sizes: scale 1, shift 0, eps 1e-5.
  public static LayerNorm of(int... sizes) {
    return of(DType.F32, sizes);
  }

  /// A layer over last axes of these sizes: scale 1, shift 0, eps 1e-5.
  public static LayerNorm of(DType dtype, int... sizes) {
    Shape shape = Shape.of(sizes);
    return new LayerNorm(Tensor.ones(shape, dtype), Tensor.zeros(shape, dtype), 1e-5);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.layerNorm(scale, shift, eps);
  }
}
