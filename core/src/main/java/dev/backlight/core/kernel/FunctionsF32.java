package dev.backlight.core.kernel;

import static dev.backlight.core.kernel.TablesF32.EXP;
import static dev.backlight.core.kernel.TablesF32.EXP_REST;
import static dev.backlight.core.kernel.TablesF32.TANH;
import static dev.backlight.core.kernel.TranscendentalsF32.*;

import dev.backlight.core.kernel.Formula.Value;

/// The functions of [TranscendentalsF32] as formulas, line by line the same operations, so that
/// loops made of them have the same bits.
public final class FunctionsF32 {
  private FunctionsF32() {}

  public static Value exp(Value x) {
    Value infinite = x.constant(Float.POSITIVE_INFINITY);
    return x.gt(x.constant(EXP_HIGH)).select(infinite, expOfNegative(x));
  }

  /// The same for what is not above 0. What is out of range is found at the end, beside the rest: a
  /// comparison and a choice take as long as two multiplications.
  static Value expOfNegative(Value x) {
    Value z = x.fma(EIGHTHS, ROUNDER);
    Value p = expm1(x, z.sub(ROUNDER));
    Value power = z.bits().lookup(EXP);
    Value half = half(z);
    Value y = power.fma(p, power).mul(half).mul(half);
    return x.lt(x.constant(EXP_LOW)).select(x.constant(0), y);
  }

  private static Value expm1(Value c, Value n) {
    Value r = n.fma(-EIGHTH_LO, n.fma(-EIGHTH_HI, c));
    return r.fma(X4, X3).fma(r, X2).fma(r.mul(r), r);
  }

  private static Value half(Value z) {
    return z.bits().shiftRight(4).shiftLeft(23).plusBits(ONE_BITS).fromBits();
  }

  /// `eʳ − 1` for |r| ≤ ln 2 / 2.
  private static Value expm1(Value r) {
    Value p = r.fma(E5, E4).fma(r, E3).fma(r, E2).fma(r, E1).fma(r, E0);
    return p.fma(r.mul(r), r);
  }

  public static Value log(Value x) {
    Value subnormal = x.lt(x.constant(Float.MIN_NORMAL));
    Value scaled = subnormal.select(x.mul(x.constant(0x1p25f)), x);
    Value shifted = scaled.bits().plusBits(-SQRT_HALF_BITS);
    Value k =
        shifted.shiftRight(23).toNumber().sub(subnormal.select(x.constant(25), x.constant(0)));
    Value f = shifted.andBits(MANTISSA).plusBits(SQRT_HALF_BITS).fromBits().sub(1);
    Value p = f.fma(L8, L7).fma(f, L6).fma(f, L5).fma(f, L4).fma(f, L3).fma(f, L2).fma(f, L1);
    p = p.fma(f, L0);
    Value z = f.mul(f);
    Value y = z.fma(-0.5, k.fma(LN2_LO, p.mul(f).mul(z)));
    Value result = k.fma(LN2_HI, f.add(y));
    Value zero = x.constant(0);
    result = x.lt(x.constant(Float.POSITIVE_INFINITY)).select(result, x);
    result = x.eq(zero).select(x.constant(Float.NEGATIVE_INFINITY), result);
    return x.lt(zero).select(x.constant(Float.NaN), result);
  }

  public static Value tanh(Value x) {
    Value bits = x.abs().bits().minBits(TANH_HIGH_BITS);
    Value octave = bits.maxBits(TANH_LOW_BITS).shiftRight(22);
    Value t = bits.fromBits().sub(octave.lookup(TANH));
    Value square = t.mul(t);
    Value p = coefficient(6, octave).fma(t, coefficient(5, octave));
    p = p.fma(square, coefficient(4, octave).fma(t, coefficient(3, octave)));
    p = p.fma(square, coefficient(2, octave).fma(t, coefficient(1, octave)));
    p = p.fma(t, coefficient(0, octave));
    return x.ne(x).select(x, signed(p, x));
  }

  private static Value coefficient(int k, Value octave) {
    return octave.lookup(TANH + (k + 1) * TablesF32.SIZE);
  }

  public static Value sigmoid(Value x) {
    Value one = x.constant(1);
    Value c = x.abs().neg();
    Value z = c.fma(EIGHTHS, ROUNDER);
    Value p = expm1(c, z.sub(ROUNDER));
    Value power = z.bits().lookup(EXP);
    Value half = half(z);
    Value e = power.add(power.fma(p, z.bits().lookup(EXP_REST))).mul(half).mul(half);
    e = c.lt(c.constant(EXP_LOW)).select(c.constant(0), e);
    Value numerator = x.lt(x.constant(0)).select(e, one);
    Value d = e.add(1);
    Value lost = e.sub(d.sub(1));
    Value inverse = one.div(d);
    Value q = numerator.mul(inverse);
    Value minus = q.neg();
    Value residue = minus.fma(lost, minus.fma(d, numerator));
    return residue.fma(inverse, q);
  }

  public static Value erf(Value x) {
    Value a = x.abs().below(ERF_HIGH);
    Value z = a.mul(a);
    Value near = z.fma(N6, N5).fma(z, N4).fma(z, N3).fma(z, N2).fma(z, N1).fma(z, N0).fma(a, a);
    Value q = a.fma(C7, C6).fma(a, C5).fma(a, C4).fma(a, C3).fma(a, C2).fma(a, C1).fma(a, C0);
    Value minus = q.neg();
    Value w = minus.fma(LOG2_E, ROUNDER);
    Value n = w.sub(ROUNDER);
    Value e = expm1(n.fma(-LN2_LO, n.fma(-LN2_HI, minus))).add(1);
    Value power = w.bits().plusBits(127 - ROUNDER_BITS).shiftLeft(23).fromBits();
    Value far = x.constant(1).sub(e.mul(power));
    return signed(a.lt(x.constant(1)).select(near, far), x);
  }

  /// A number that is not negative, with the sign of another.
  private static Value signed(Value size, Value sign) {
    return size.bits().orBits(sign.bits().andBits(Integer.MIN_VALUE)).fromBits();
  }
}
