package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.Objects;

/// Element types as arithmetic knows them: casts, overflow of narrow integers, rounding to narrow
/// floats.
final class Numbers {
  private Numbers() {}

  /// A tensor as a value of this type: narrow integers that have left their range wrap around.
  ///
  /// Narrow floats stay as they are, with the digits of `F32`, so that nothing is rounded twice and
  /// derivatives exist.
  static Value fitted(Tensor x, ElementType type) {
    return new Value(type.isNarrow() && type.isInteger() ? wrapped(x, type) : x, type);
  }

  /// The integers modulo the range of a type.
  static Tensor wrapped(Tensor x, ElementType type) {
    return inRange(x, type) ? x : Tensor.apply(new Wrap(type.bits(), !type.isUnsigned()), x);
  }

  private static boolean inRange(Tensor x, ElementType type) {
    if (x.recording() != null) {
      return false;
    }
    long least = type.isUnsigned() ? 0 : -(1L << (type.bits() - 1));
    long most = least + (1L << type.bits()) - 1;
    for (long i : NodeCall.longs(x)) {
      if (i < least || i > most) {
        return false;
      }
    }
    return true;
  }

  /// The cast of ONNX: floats to integers are truncated, integers to narrower ones wrap around,
  /// floats to narrower ones are rounded to the nearest.
  ///
  /// @param saturate whether floats of 8 bits are their largest number where others overflow
  static Value cast(Value x, ElementType to, boolean saturate) {
    ElementType from = x.type();
    if (from == to) {
      return x;
    }
    DType dtype = Objects.requireNonNull(to.dtype());
    Tensor t = x.tensor();
    if (to == ElementType.BOOL) {
      return new Value(t.to(DType.BOOL), to);
    }
    if (to.small().isPresent()) {
      Tensor wide =
          from == ElementType.UINT64
              ? unsigned(t)
              : t.to(t.dtype() == DType.F64 || t.dtype().isInteger() ? DType.F64 : DType.F32);
      return new Value(
          Tensor.apply(new Narrow(to.small().get(), saturate && to.bits() == 8), wide)
              .to(DType.F32),
          to);
    }
    if (to.isFloat()) {
      return new Value(from == ElementType.UINT64 ? unsigned(t).to(dtype) : t.to(dtype), to);
    }
    if (from.isFloat()) {
      if (to == ElementType.INT64 || to == ElementType.INT32) {
        return new Value(t.to(dtype), to);
      }
      return new Value(
          Tensor.apply(new Wrap(Math.min(to.bits(), 64), !to.isUnsigned()), t.to(DType.I64))
              .to(dtype),
          to);
    }
    if (from == ElementType.BOOL) {
      return new Value(t.to(dtype), to);
    }
    // Exact also where a double is not: first into the range, then across.
    if (t.dtype() == DType.I64 && dtype == DType.I32) {
      Tensor fits = Tensor.apply(new Wrap(to.bits(), !to.isUnsigned()), t);
      return new Value(fits.to(DType.I32), to);
    }
    Tensor wide = t.to(dtype);
    return to.isNarrow() ? new Value(wrapped(wide, to), to) : new Value(wide, to);
  }

  /// Bits of 64 as the number that they are without a sign.
  static Tensor unsigned(Tensor x) {
    Tensor signed = x.to(DType.F64);
    return x.lt(0).where(signed.add(0x1p64), signed);
  }

  /// For `uint64`, the numbers in another order: signed comparison then compares them right.
  static Tensor ordered(Value x) {
    return x.type() == ElementType.UINT64
        ? x.tensor().add(Tensor.of(Shape.SCALAR, Long.MIN_VALUE))
        : x.tensor();
  }

  /// The inverse of [#ordered].
  static Tensor unordered(Tensor x, ElementType type) {
    return type == ElementType.UINT64 ? x.add(Tensor.of(Shape.SCALAR, Long.MIN_VALUE)) : x;
  }
}
