package dev.backlight.nn;

import dev.backlight.core.ConvOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A convolution of volumes: from (n, c, d, h, w) to (n, o, od, oh, ow), with a bias for each
/// output channel.
///
/// @param weight (o, c / groups, kd, kh, kw)
/// @param bias (o), or `null` for none
/// @param options stride, padding, dilation, groups
public record Conv3d(Tensor weight, @Nullable Tensor bias, ConvOptions options) implements Layer {
  /// A new layer of `F32` with windows of this size along every axis, drawn by [Init#HE], with a
  /// bias of zeros.
  public static Conv3d of(int in, int out, int kernel, ConvOptions options, Key key) {
    return of(in, out, kernel, options, Init.HE, DType.F32, key);
  }

  /// A new layer with windows of this size along every axis and a bias of zeros.
  public static Conv3d of(
      int in, int out, int kernel, ConvOptions options, Init init, DType dtype, Key key) {
    Windows.requireGroups(in, out, options.groups());
    int window = Windows.size(kernel, 3);
    Shape shape = Shape.of(out, in / options.groups(), kernel, kernel, kernel);
    int groups = options.groups();
    Tensor weight = init.draw(shape, in / groups * window, out / groups * window, dtype, key);
    return new Conv3d(weight, Tensor.zeros(Shape.of(out), dtype), options);
  }

  /// The same layer without a bias.
  public Conv3d withoutBias() {
    return new Conv3d(weight, null, options);
  }

  @Override
  public Tensor apply(Tensor x) {
    return Windows.biased(x.conv3d(weight, options), bias);
  }
}
