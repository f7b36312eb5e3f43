package dev.backlight.onnx.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.SmallFloat;

/// Rounding to a narrower floating-point format, kept in the wider dtype.
///
/// Its slope is 1, as that of a cast between floats is: the cotangent passes as if nothing had been
/// rounded.
///
/// @param format that the results belong to
/// @param saturate whether too large numbers become the largest one
record Narrow(SmallFloat format, boolean saturate) implements Op.Elementwise {
  @Override
  public double f(double x) {
    return format.round(x, saturate);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return Tensor.ones(x.shape(), x.dtype());
  }
}
