package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// Every element raised to a fixed exponent: `y = x^exponent`.
///
/// The slope is `exponent · x^(exponent - 1)`; at 0 it is 0, 1, 0 for the exponents 2, 1, 0 and
/// infinite for exponents below 1. A negative `x` has a value for integer exponents only, else NaN.
public record Power(double exponent) implements Op.Elementwise {
  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    // StrictMath.pow makes arrays.
    return Math.pow(x, exponent);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (exponent == 2) {
      Loop.each(in, out, FloatLoops::square, DoubleLoops::square);
    } else {
      Op.Elementwise.super.run(in, out);
    }
  }

  @Override
  public Tensor slope(Tensor x, Tensor y) {
    if (exponent == 0) {
      return Tensor.zeros(x.shape(), x.dtype());
    }
    if (exponent == 1) {
      return Tensor.ones(x.shape(), x.dtype());
    }
    return (exponent == 2 ? x : x.pow(exponent - 1)).mul(exponent);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    if (exponent == 0) {
      return null;
    }
    return exponent == 1 ? at.g() : at.g().mul(slope(at.x(), at.y()));
  }
}
