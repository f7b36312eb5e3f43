package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// Group normalisation of (n, c, ...): the channels in equal groups, each brought to mean 0 and
/// variance 1 in every example, then scaled and shifted by channel. Y. Wu and K. He (2018).
///
/// @param groups how many; as many as channels is instance normalisation
/// @param scale (c)
/// @param shift (c)
/// @param eps what is added to the variance
public record GroupNorm(int groups, Tensor scale, Tensor shift, double eps) implements Layer {
  /// A layer of `F32`: scale 1, shift 0, eps 1e-5.
  public static GroupNorm of(int groups, int channels) {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "groupnorm needs channels in equal groups, got " + channels + " in " + groups);
    }
    Shape shape = Shape.of(channels);
    return new GroupNorm(
        groups, Tensor.ones(shape, DType.F32), Tensor.zeros(shape, DType.F32), 1e-5);
  }

  @Override
  public Tensor apply(Tensor x) {
    return x.groupNorm(groups, scale, shift, eps);
  }
}
