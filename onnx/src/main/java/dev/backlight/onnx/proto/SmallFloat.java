package dev.backlight.onnx.proto;

/// A floating-point format narrower than 32 bits: what its bits mean, and rounding to it.
///
/// A sign, `exponent` bits with a bias, `mantissa` bits: `(-1)^s 2^(e − bias) (1 + m /
/// 2^mantissa)`, and below the smallest exponent `(-1)^s 2^(1 − bias) m / 2^mantissa`. P.
/// Micikevicius et al., "FP8 formats for deep learning" (2022); `FNUZ` after B. Noune et al.,
/// "8-bit numerical formats for deep neural networks" (2022); `E2M1` and `E8M0` after the OCP
/// Microscaling specification.
public enum SmallFloat {
  F16(5, 10, 15, Ending.IEEE),
  BF16(8, 7, 127, Ending.IEEE),
  E4M3FN(4, 3, 7, Ending.NAN_ON_TOP),
  E4M3FNUZ(4, 3, 8, Ending.NAN_AT_MINUS_ZERO),
  E5M2(5, 2, 15, Ending.IEEE),
  E5M2FNUZ(5, 2, 16, Ending.NAN_AT_MINUS_ZERO),
  E2M1(2, 1, 1, Ending.FINITE),
  /// Powers of two alone, without a sign.
  E8M0(8, 0, 127, Ending.POWERS),
  /// As [#E8M0], rounded up and not to the nearest.
  E8M0_UP(8, 0, 127, Ending.POWERS);

  /// What stands where the exponent is largest.
  private enum Ending {
    IEEE,
    NAN_ON_TOP,
    NAN_AT_MINUS_ZERO,
    FINITE,
    POWERS
  }

  private final int exponent;
  private final int mantissa;
  private final int bias;
  private final Ending ending;

  SmallFloat(int exponent, int mantissa, int bias, Ending ending) {
    this.exponent = exponent;
    this.mantissa = mantissa;
    this.bias = bias;
    this.ending = ending;
  }

  /// The number that these bits mean.
  public float decode(int bits) {
    if (ending == Ending.POWERS) {
      return bits == 255 ? Float.NaN : (float) Math.scalb(1.0, bits - bias);
    }
    int top = (1 << exponent) - 1;
    int e = (bits >>> mantissa) & top;
    int m = bits & ((1 << mantissa) - 1);
    boolean negative = (bits >>> (exponent + mantissa) & 1) != 0;
    double sign = negative ? -1 : 1;
    switch (ending) {
      case IEEE -> {
        if (e == top) {
          return m == 0 ? (float) (sign * Double.POSITIVE_INFINITY) : Float.NaN;
        }
      }
      case NAN_ON_TOP -> {
        if (e == top && m == (1 << mantissa) - 1) {
          return Float.NaN;
        }
      }
      case NAN_AT_MINUS_ZERO -> {
        if (negative && e == 0 && m == 0) {
          return Float.NaN;
        }
      }
      default -> {}
    }
    double fraction = Math.scalb((double) m, -mantissa);
    return (float)
        (sign * (e == 0 ? Math.scalb(fraction, 1 - bias) : Math.scalb(1 + fraction, e - bias)));
  }

  /// The largest finite number.
  public double largest() {
    return switch (ending) {
      case IEEE -> Math.scalb(2 - Math.scalb(1.0, -mantissa), (1 << exponent) - 2 - bias);
      case NAN_ON_TOP -> Math.scalb(2 - Math.scalb(1.0, 1 - mantissa), (1 << exponent) - 1 - bias);
      case NAN_AT_MINUS_ZERO, FINITE ->
          Math.scalb(2 - Math.scalb(1.0, -mantissa), (1 << exponent) - 1 - bias);
      case POWERS -> Math.scalb(1.0, 127);
    };
  }

  /// The nearest number of the format, halves to the even one.
  ///
  /// @param saturate whether what is too large becomes the largest number instead of an infinity or
  ///   NaN, which happens to infinities, too
  public double round(double x, boolean saturate) {
    if (Double.isNaN(x)) {
      // What has no NaN takes it as minus zero, as ml_dtypes does.
      return ending == Ending.FINITE ? -0.0 : x;
    }
    if (ending == Ending.POWERS) {
      return power(x, saturate);
    }
    double rounded = Double.isInfinite(x) ? x : fitted(x);
    if (rounded == 0 && ending == Ending.NAN_AT_MINUS_ZERO) {
      return 0;
    }
    if (Math.abs(rounded) <= largest()) {
      return rounded;
    }
    if (saturate || ending == Ending.FINITE) {
      return Math.copySign(largest(), x);
    }
    return ending == Ending.IEEE ? Math.copySign(Double.POSITIVE_INFINITY, x) : Double.NaN;
  }

  /// `x` with the digits of the format, where exponents have no upper end.
  private double fitted(double x) {
    int e = Math.max(Math.getExponent(x), 1 - bias);
    double ulp = Math.scalb(1.0, e - mantissa);
    return Math.copySign(Math.rint(x / ulp) * ulp, x);
  }

  private double power(double x, boolean saturate) {
    double least = Math.scalb(1.0, -127);
    double most = Math.scalb(1.0, 127);
    if (x < 0) {
      return Double.NaN;
    }
    if (x < least) {
      return saturate ? least : Double.NaN;
    }
    double below = Double.isInfinite(x) ? x : Math.scalb(1.0, Math.getExponent(x));
    boolean up = this == E8M0_UP ? x > below : x / below >= 1.5;
    double rounded = up ? below * 2 : below;
    return rounded <= most ? rounded : saturate ? most : Double.NaN;
  }
}
