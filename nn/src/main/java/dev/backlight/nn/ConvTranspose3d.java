package dev.backlight.nn;

import dev.backlight.core.ConvOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// The transpose of a convolution of volumes: from (n, c, d, h, w) to (n, o, od, oh, ow), with a
/// bias for each output channel; it makes volumes larger where a convolution with the same options
/// makes them smaller.
///
/// @param weight (c, o / groups, kd, kh, kw)
/// @param bias (o), or `null` for none
/// @param options stride, padding, dilation, groups, output padding
public record ConvTranspose3d(Tensor weight, @Nullable Tensor bias, ConvOptions options)
    implements Layer {
  /// A new layer of `F32` with windows of this size along every axis, drawn by [Init#HE], with a
  /// bias of zeros.
  public static ConvTranspose3d of(int in, int out, int kernel, ConvOptions options, Key key) {
    return of(in, out, kernel, options, Init.HE, DType.F32, key);
  }

  /// A new layer with windows of this size along every axis and a bias of zeros.
  public static ConvTranspose3d of(
      int in, int out, int kernel, ConvOptions options, Init init, DType dtype, Key key) {
    Windows.requireGroups(in, out, options.groups());
    int window = Windows.size(kernel, 3);
    int groups = options.groups();
    Shape shape = Shape.of(in, out / groups, kernel, kernel, kernel);
    Tensor weight = init.draw(shape, in / groups * window, out / groups * window, dtype, key);
    return new ConvTranspose3d(weight, Tensor.zeros(Shape.of(out), dtype), options);
  }

  /// The same layer without a bias.
  public ConvTranspose3d withoutBias() {
    return new ConvTranspose3d(weight, null, options);
  }

  @Override
  public Tensor apply(Tensor x) {
    return Windows.biased(x.convTranspose3d(weight, options), bias);
  }
}
