package dev.backlight.core.io;

import dev.backlight.core.DType;
import java.nio.ByteBuffer;

/// An element type that files hold, and the [DType] it is read as: its own, or the next that holds
/// all of its values.
enum Stored {
  BOOL(1, DType.BOOL),
  U8(1, DType.I32),
  I8(1, DType.I32),
  U16(2, DType.I32),
  I16(2, DType.I32),
  F16(2, DType.F32),
  BF16(2, DType.F32),
  F8_E4M3(1, DType.F32),
  F8_E5M2(1, DType.F32),
  F8_E8M0(1, DType.F32),
  U32(4, DType.I64),
  I32(4, DType.I32),
  F32(4, DType.F32),
  U64(8, DType.I64),
  I64(8, DType.I64),
  F64(8, DType.F64);

  final int bytes;
  final DType dtype;

  Stored(int bytes, DType dtype) {
    this.bytes = bytes;
    this.dtype = dtype;
  }

  /// How a tensor of this dtype is written.
  static Stored of(DType dtype) {
    return switch (dtype) {
      case F32 -> F32;
      case F64 -> F64;
      case I32 -> I32;
      case I64 -> I64;
      case BOOL -> BOOL;
    };
  }

  /// Reads the next `n` elements of a buffer into an array of the dtype's Java type.
  void decode(ByteBuffer from, Object array, int at, int n) throws FormatException {
    int end = at + n;
    switch (this) {
      case F32 -> from.asFloatBuffer().get((float[]) array, at, n);
      case F64 -> from.asDoubleBuffer().get((double[]) array, at, n);
      case I32 -> from.asIntBuffer().get((int[]) array, at, n);
      case I64 -> from.asLongBuffer().get((long[]) array, at, n);
      case BOOL -> {
        boolean[] to = (boolean[]) array;
        for (int i = at; i < end; i++) {
          to[i] = from.get() != 0;
        }
      }
      case F16, BF16 -> {
        float[] to = (float[]) array;
        for (int i = at; i < end; i++) {
          short bits = from.getShort();
          to[i] = this == F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
        }
      }
      case F8_E4M3, F8_E5M2, F8_E8M0 -> {
        float[] to = (float[]) array;
        for (int i = at; i < end; i++) {
          to[i] = eighth(Byte.toUnsignedInt(from.get()));
        }
      }
      case U8, I8, U16, I16 -> {
        int[] to = (int[]) array;
        for (int i = at; i < end; i++) {
          to[i] = small(from);
        }
      }
      case U32 -> {
        long[] to = (long[]) array;
        for (int i = at; i < end; i++) {
          to[i] = Integer.toUnsignedLong(from.getInt());
        }
      }
      case U64 -> {
        long[] to = (long[]) array;
        for (int i = at; i < end; i++) {
          to[i] = from.getLong();
          if (to[i] < 0) {
            throw new FormatException(
                "unsigned 64-bit integers need to be below 2^63 to be read as I64, got "
                    + Long.toUnsignedString(to[i]));
          }
        }
      }
    }
  }

  /// A float of eight bits, as the Open Compute Project defines them (OFP8 1.0, MX 1.0).
  private float eighth(int bits) {
    return switch (this) {
      // The upper half of a float of sixteen bits.
      case F8_E5M2 -> Float.float16ToFloat((short) (bits << 8));
      // An exponent alone: no sign, no zero, no infinity.
      case F8_E8M0 -> bits == 255 ? Float.NaN : Math.scalb(1f, bits - 127);
      default -> {
        int exponent = bits >> 3 & 15;
        int digits = bits & 7;
        float size =
            exponent == 0
                ? Math.scalb((float) digits, -9)
                : Math.scalb((float) (8 + digits), exponent - 10);
        float value = (bits & 127) == 127 ? Float.NaN : size;
        yield bits > 127 ? -value : value;
      }
    };
  }

  private int small(ByteBuffer from) {
    return switch (this) {
      case U8 -> Byte.toUnsignedInt(from.get());
      case I8 -> from.get();
      case U16 -> Short.toUnsignedInt(from.getShort());
      default -> from.getShort();
    };
  }
}
