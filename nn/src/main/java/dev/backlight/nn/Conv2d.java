package dev.backlight.nn;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A convolution of images: from (n, c, h, w) to (n, o, oh, ow), with a bias for each output
/// channel.
///
/// @param weight (o, c / groups, kh, kw)
/// @param bias (o), or `null` for none
/// @param options stride, padding, dilation, groups
public record Conv2d(Tensor weight, @Nullable Tensor bias, Conv2dOptions options) implements Layer {
  /// A new layer of `F32` with square windows, stride 1 and no padding, drawn by [Init#HE], with a
  /// bias of zeros.
  public static Conv2d of(int in, int out, int kernel, Key key) {
    return of(in, out, kernel, Conv2dOptions.of(), key);
  }

  /// A new layer of `F32` with square windows, drawn by [Init#HE], with a bias of zeros.
  public static Conv2d of(int in, int out, int kernel, Conv2dOptions options, Key key) {
    return of(in, out, kernel, options, Init.HE, DType.F32, key);
  }

  /// A new layer with square windows and a bias of zeros.
  public static Conv2d of(
      int in, int out, int kernel, Conv2dOptions options, Init init, DType dtype, Key key) {
    int groups = options.groups();
    Windows.requireGroups(in, out, groups);
    int window = Windows.size(kernel, 2);
    Shape shape = Shape.of(out, in / groups, kernel, kernel);
    Tensor weight = init.draw(shape, in / groups * window, out / groups * window, dtype, key);
    return new Conv2d(weight, Tensor.zeros(Shape.of(out), dtype), options);
  }

  /// The same layer without a bias.
  public Conv2d withoutBias() {
    return new Conv2d(weight, null, options);
  }

  @Override
  public Tensor apply(Tensor x) {
    return Windows.biased(x.conv2d(weight, options), bias);
  }

  @Override
  public String kind() {
    return "conv";
  }
}
