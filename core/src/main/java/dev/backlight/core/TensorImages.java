package dev.backlight.core;

import dev.backlight.core.op.Conv2d;

/// Convolutions in one, two and three dimensions, as neural nets call cross-correlation, and their
/// transposes.
///
/// The transposes are also known as deconvolutions or fractionally strided convolutions: each is
/// the derivative of the convolution with the same options.
public sealed interface TensorImages permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// These lines (n, c, w) under windows (o, c/groups, kw): lines (n, o, ow).
  default Tensor conv1d(Tensor weight, ConvOptions options) {
    return Convolutions.conv(self(), weight, options, 1);
  }

  /// These images (n, c, h, w) under windows (o, c/groups, kh, kw): images (n, o, oh, ow).
  default Tensor conv2d(Tensor weight, Conv2dOptions options) {
    return Tensor.apply(new Conv2d(options), self(), weight);
  }

  /// As [#conv2d(Tensor, Conv2dOptions)], with padding that may differ before and behind.
  default Tensor conv2d(Tensor weight, ConvOptions options) {
    return Convolutions.conv(self(), weight, options, 2);
  }

  /// These volumes (n, c, d, h, w) under windows (o, c/groups, kd, kh, kw): volumes (n, o, od, oh,
  /// ow).
  ///
  /// The windows along the first dimension are copied, kd times the memory of the input.
  default Tensor conv3d(Tensor weight, ConvOptions options) {
    return Convolutions.conv(self(), weight, options, 3);
  }

  /// The transpose of [#conv1d]: from (n, c, w) under windows (c, o/groups, kw) to (n, o, ow) with
  /// `ow = (w − 1) stride − before − after + dilation (kw − 1) + outputPadding + 1`.
  default Tensor convTranspose1d(Tensor weight, ConvOptions options) {
    return Convolutions.transposed(self(), weight, options, 1);
  }

  /// The transpose of [#conv2d]: from (n, c, h, w) under windows (c, o/groups, kh, kw) to (n, o,
  /// oh, ow); the sizes are as in [#convTranspose1d].
  default Tensor convTranspose2d(Tensor weight, ConvOptions options) {
    return Convolutions.transposed(self(), weight, options, 2);
  }

  /// The transpose of [#conv3d]: from (n, c, d, h, w) under windows (c, o/groups, kd, kh, kw) to
  /// (n, o, od, oh, ow); the sizes are as in [#convTranspose1d].
  default Tensor convTranspose3d(Tensor weight, ConvOptions options) {
    return Convolutions.transposed(self(), weight, options, 3);
  }
}
