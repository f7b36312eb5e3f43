package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The logarithm to base 2, elementwise: `y = ln x / ln 2`, exact for powers of two; `-inf` at 0
/// and NaN below.
///
/// The exponent is split off, so that only a number near 1 meets the rounded `ln 2`.
public record Log2() implements Op.Elementwise {
  private static final double LN_2 = StrictMath.log(2);
  private static final double ROOT_2 = Math.sqrt(2);

  @Override
  public double f(double x) {
    if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
      return StrictMath.log(x);
    }
    double scaled = x < Double.MIN_NORMAL ? x * 0x1p54 : x;
    int exponent = Math.getExponent(scaled);
    double mantissa = Math.scalb(scaled, -exponent);
    if (mantissa > ROOT_2) {
      mantissa /= 2;
      exponent++;
    }
    return (x < Double.MIN_NORMAL ? exponent - 54 : exponent) + StrictMath.log(mantissa) / LN_2;
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.reciprocal().div(LN_2);
  }
}
