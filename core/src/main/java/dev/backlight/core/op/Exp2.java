package dev.backlight.core.op;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;

/// Two to the power of `x`, elementwise: `y = 2ˣ`, exact for integers.
public record Exp2() implements Op.Elementwise {
  private static final double LN_2 = StrictMath.log(2);

  @Override
  public double f(double x) {
    if (x == Math.rint(x)) {
      return Math.scalb(1.0, (int) Math.max(-2000, Math.min(2000, x)));
    }
    // StrictMath.pow makes arrays.
    return Math.pow(2, x);
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return y.mul(LN_2);
  }
}
