package dev.backlight.onnx.proto;

import dev.backlight.core.DType;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The element types of ONNX, in the order of their codes, each with the dtype that holds it here.
///
/// Small floats are held as `F32` and small integers as `I32` or `I64`; every value they have is
/// one of the wider dtype.
public enum ElementType {
  FLOAT(1, DType.F32, 32),
  UINT8(2, DType.I32, 8),
  INT8(3, DType.I32, 8),
  UINT16(4, DType.I32, 16),
  INT16(5, DType.I32, 16),
  INT32(6, DType.I32, 32),
  INT64(7, DType.I64, 64),
  STRING(8, null, 0),
  BOOL(9, DType.BOOL, 8),
  FLOAT16(10, DType.F32, 16),
  DOUBLE(11, DType.F64, 64),
  UINT32(12, DType.I64, 32),
  UINT64(13, DType.I64, 64),
  COMPLEX64(14, null, 64),
  COMPLEX128(15, null, 128),
  BFLOAT16(16, DType.F32, 16),
  FLOAT8E4M3FN(17, DType.F32, 8),
  FLOAT8E4M3FNUZ(18, DType.F32, 8),
  FLOAT8E5M2(19, DType.F32, 8),
  FLOAT8E5M2FNUZ(20, DType.F32, 8),
  UINT4(21, DType.I32, 4),
  INT4(22, DType.I32, 4),
  FLOAT4E2M1(23, DType.F32, 4),
  FLOAT8E8M0(24, DType.F32, 8),
  UINT2(25, DType.I32, 2),
  INT2(26, DType.I32, 2);

  private final int code;
  private final @Nullable DType dtype;
  private final int bits;

  ElementType(int code, @Nullable DType dtype, int bits) {
    this.code = code;
    this.dtype = dtype;
    this.bits = bits;
  }

  /// The type of a code, if there is one.
  public static Optional<ElementType> of(long code) {
    return code >= 1 && code <= values().length
        ? Optional.of(values()[(int) code - 1])
        : Optional.empty();
  }

  /// The type that a dtype is without further knowledge.
  public static ElementType of(DType dtype) {
    return switch (dtype) {
      case F32 -> FLOAT;
      case F64 -> DOUBLE;
      case I32 -> INT32;
      case I64 -> INT64;
      case BOOL -> BOOL;
    };
  }

  /// The number that files have for it.
  public int code() {
    return code;
  }

  /// What holds it, or `null` for text and complex numbers.
  public @Nullable DType dtype() {
    return dtype;
  }

  /// How many bits of data an element takes.
  public int bits() {
    return bits;
  }

  /// Whether its name begins with U.
  public boolean isUnsigned() {
    return switch (this) {
      case UINT2, UINT4, UINT8, UINT16, UINT32, UINT64 -> true;
      default -> false;
    };
  }

  /// Whether it holds whole numbers.
  public boolean isInteger() {
    return dtype != null && dtype.isInteger();
  }

  /// Whether it holds floating-point numbers.
  public boolean isFloat() {
    return dtype != null && dtype.isFloat();
  }

  /// Whether its values are fewer than those of the dtype that holds it, which then does not round
  /// or overflow where it does.
  public boolean isNarrow() {
    return dtype != null && this != UINT64 && this != BOOL && bits != 8 * dtype.bytes();
  }

  /// The format of a float that is narrower than `F32`.
  public Optional<SmallFloat> small() {
    return Optional.ofNullable(
        switch (this) {
          case FLOAT16 -> SmallFloat.F16;
          case BFLOAT16 -> SmallFloat.BF16;
          case FLOAT8E4M3FN -> SmallFloat.E4M3FN;
          case FLOAT8E4M3FNUZ -> SmallFloat.E4M3FNUZ;
          case FLOAT8E5M2 -> SmallFloat.E5M2;
          case FLOAT8E5M2FNUZ -> SmallFloat.E5M2FNUZ;
          case FLOAT4E2M1 -> SmallFloat.E2M1;
          case FLOAT8E8M0 -> SmallFloat.E8M0;
          default -> null;
        });
  }

  /// As people write it: `float16`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
