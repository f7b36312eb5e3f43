package dev.backlight.onnx.op;

import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;

/// A tensor, and the element type that the file knows it by: `int8` is held as `I32` but adds up as
/// `int8` does.
///
/// @param tensor plain if it is known at import, else on the recording
/// @param type whose dtype the tensor has
public record Value(Tensor tensor, ElementType type) {
  /// A tensor of the type that its dtype is.
  public static Value of(Tensor tensor) {
    return new Value(tensor, ElementType.of(tensor.dtype()));
  }

  /// Whether it is known at import.
  boolean isConstant() {
    return tensor.recording() == null;
  }
}
