package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Instance normalisation of (n, c, ...): every channel of every example on its own is brought to
/// mean 0 and variance 1, then scaled and shifted by channel. D. Ulyanov, A. Vedaldi and V.
/// Lempitsky (2016).
///
/// @param scale (c)
/// @param shift (c)
/// @param eps what is added to the variance
public record InstanceNorm(Tensor scale, Tensor shift, double eps) implements Layer {
  /// A layer of `F32`: scale 1, shift 0, eps 1e-5.
  public static InstanceNorm of(int channels) {
    Shape shape = Shape.of(channels);
    return new InstanceNorm(Tensor.ones(shape, DType.F32), Tensor.zeros(shape, DType.F32), 1e-5);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.instanceNorm(scale, shift, eps);
  }
}
