package dev.backlight.core;

/// What the elements of a tensor are.
///
/// There is no silent conversion between them: `add` of `F32` and `F64` is an error, `to(DType)`
/// converts.
public enum DType {
  /// 32-bit floating point, the fast one.
  F32(4),
  /// 64-bit floating point, for gradient checks and for science.
  F64(8),
  /// 32-bit signed integers.
  I32(4),
  /// 64-bit signed integers.
  I64(8),
  /// Truth values, as comparisons make them and `where` takes them.
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /// The size of one element in bytes.
  public int bytes() {
    return bytes;
  }

  /// Whether derivatives exist for it: `F32` and `F64`.
  public boolean isFloat() {
    return this == F32 || this == F64;
  }

  /// Whether it is `I32` or `I64`.
  public boolean isInteger() {
    return this == I32 || this == I64;
  }

  Object allocate(int n) {
    return switch (this) {
      case F32 -> new float[n];
      case F64 -> new double[n];
      case I32 -> new int[n];
      case I64 -> new long[n];
      case BOOL -> new boolean[n];
    };
  }
}
