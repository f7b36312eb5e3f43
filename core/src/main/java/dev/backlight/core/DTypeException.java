package dev.backlight.core;

/// Element types that do not fit an operation. The message says what was needed, then what came.
public final class DTypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public DTypeException(String message) {
    super(message);
  }

  /// What a function made of several ops asks first, so that it is named and not one of them: all
  /// tensors `F32`, or all `F64`.
  static void needFloats(String name, Tensor... tensors) {
    for (Tensor x : tensors) {
      if (!x.dtype().isFloat()) {
        throw new DTypeException(name + " needs F32 or F64, got " + x.dtype());
      }
      if (x.dtype() != tensors[0].dtype()) {
        throw new DTypeException(
            name + " needs one dtype, got " + tensors[0].dtype() + " and " + x.dtype());
      }
    }
  }
}
