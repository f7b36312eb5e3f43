package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// Batch normalisation as it is at inference: `y = (x − mean) / √(variance + eps) · scale + shift`,
/// with one number of each for every channel, on axis 1.
///
/// Mean and variance are statistics, not parameters: no derivative flows to them. S. Ioffe and C.
/// Szegedy, "Batch normalization" (2015).
///
/// @param scale (c)
/// @param shift (c)
/// @param mean (c)
/// @param variance (c)
/// @param eps what is added to the variance
public record BatchNorm(Tensor scale, Tensor shift, Tensor mean, Tensor variance, double eps)
    implements Layer {
  /// A layer that changes next to nothing yet: mean 0, variance 1, scale 1, shift 0, eps 1e-5.
  public static BatchNorm of(int channels) {
    Shape shape = Shape.of(channels);
    return new BatchNorm(
        Tensor.ones(shape, DType.F32),
        Tensor.zeros(shape, DType.F32),
        Tensor.zeros(shape, DType.F32),
        Tensor.ones(shape, DType.F32),
        1e-5);
  }

  @Override
  public Tensor apply(Tensor x) {
    int channels = scale.elements();
    if (x.rank() < 2 || x.size(1) != channels) {
      throw new ShapeException("batchnorm needs (n, " + channels + ", ...), got " + x.shape());
    }
    int[] sizes = new int[x.rank() - 1];
    Arrays.fill(sizes, 1);
    sizes[0] = channels;
    Shape along = Shape.of(sizes);
    Tensor factor = variance.stopGradient().add(eps).rsqrt().mul(scale);
    return x.sub(mean.stopGradient().reshape(along))
        .mul(factor.reshape(along))
        .add(shift.reshape(along));
  }
}
