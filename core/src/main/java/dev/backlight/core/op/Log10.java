package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// The logarithm to base 10, elementwise: `y = ln x / ln 10`, exact for powers of ten; `-inf` at 0
/// and NaN below.
public record Log10() implements Op.Elementwise {
  private static final double LN_10 = StrictMath.log(10);

  @Override
  public double f(double x) {
    return StrictMath.log10(x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.reciprocal().div(LN_10);
  }
}
