package dev.backlight.core.kernel;

import static dev.backlight.core.kernel.TranscendentalsF32.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The loops of [TranscendentalsF32] in vectors: line by line the same operations, and the last
/// elements by those methods themselves.
///
/// The polynomial of exp stands here three times: as a helper from vector to vector it would be
/// boxed whenever C2 does not inline it.
final class TranscendentalLoopsF32 {
  private static final VectorSpecies<Float> S = FloatLanes.SPECIES;
  private static final int L = S.length();

  private TranscendentalLoopsF32() {}

  static void exp(float[] x, float[] y, int n) {
    expShifted(x, 0, 0f, y, 0, n);
  }

  /// `y[yo+i] = exp(x[xo+i] − shift)`. To subtract 0 changes nothing, and costs less than a second
  /// copy.
  static void expShifted(float[] x, int xo, float shift, float[] y, int yo, int n) {
    int end = S.loopBound(n);
    FloatVector rounder = FloatVector.broadcast(S, ROUNDER);
    for (int i = 0; i < end; i += L) {
      FloatVector c = FloatVector.fromArray(S, x, xo + i).sub(shift);
      c = c.blend(EXP_LOW, c.compare(VectorOperators.LT, EXP_LOW));
      c = c.blend(EXP_HIGH, c.compare(VectorOperators.GT, EXP_HIGH));
      FloatVector z = c.fma(FloatVector.broadcast(S, LOG2_E), rounder);
      FloatVector whole = z.sub(rounder);
      FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_HI), c);
      r = whole.fma(FloatVector.broadcast(S, -LN2_LO), r);
      FloatVector p = r.fma(FloatVector.broadcast(S, E5), FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      p = p.fma(r, FloatVector.broadcast(S, E1));
      p = p.fma(r, FloatVector.broadcast(S, E0));
      p = p.fma(r.mul(r), r).add(1f);
      IntVector power = z.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector half = power.lanewise(VectorOperators.ASHR, 1);
      IntVector other = power.sub(half).add(127).lanewise(VectorOperators.LSHL, 23);
      half = half.add(127).lanewise(VectorOperators.LSHL, 23);
      p.mul(half.reinterpretAsFloats()).mul(other.reinterpretAsFloats()).intoArray(y, yo + i);
    }
    for (int i = end; i < n; i++) {
      y[yo + i] = TranscendentalsF32.exp(x[xo + i] - shift);
    }
  }

  static void log(float[] x, float[] y, int n) {
    int end = S.loopBound(n);
    for (int i = 0; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      VectorMask<Float> subnormal = v.compare(VectorOperators.LT, Float.MIN_NORMAL);
      FloatVector scaled = v.blend(v.mul(0x1p25f), subnormal);
      IntVector shifted = scaled.reinterpretAsInts().sub(SQRT_HALF_BITS);
      FloatVector k =
          (FloatVector) shifted.lanewise(VectorOperators.ASHR, 23).convert(VectorOperators.I2F, 0);
      k = k.sub(FloatVector.zero(S).blend(25f, subnormal));
      FloatVector f = shifted.and(MANTISSA).add(SQRT_HALF_BITS).reinterpretAsFloats().sub(1f);
      FloatVector p = f.fma(FloatVector.broadcast(S, L8), FloatVector.broadcast(S, L7));
      p = p.fma(f, FloatVector.broadcast(S, L6));
      p = p.fma(f, FloatVector.broadcast(S, L5));
      p = p.fma(f, FloatVector.broadcast(S, L4));
      p = p.fma(f, FloatVector.broadcast(S, L3));
      p = p.fma(f, FloatVector.broadcast(S, L2));
      p = p.fma(f, FloatVector.broadcast(S, L1));
      p = p.fma(f, FloatVector.broadcast(S, L0));
      FloatVector z = f.mul(f);
      FloatVector t = p.mul(f).mul(z);
      t = k.fma(FloatVector.broadcast(S, LN2_LO), t);
      t = z.fma(FloatVector.broadcast(S, -0.5f), t);
      FloatVector result = k.fma(FloatVector.broadcast(S, LN2_HI), f.add(t));
      result = result.blend(v, v.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
      result = result.blend(Float.NEGATIVE_INFINITY, v.compare(VectorOperators.EQ, 0f));
      result.blend(Float.NaN, v.compare(VectorOperators.LT, 0f)).intoArray(y, i);
    }
    for (int i = end; i < n; i++) {
      y[i] = TranscendentalsF32.log(x[i]);
    }
  }

  static void tanh(float[] x, float[] y, int n) {
    int end = S.loopBound(n);
    FloatVector rounder = FloatVector.broadcast(S, ROUNDER);
    for (int i = 0; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector a = v.abs();
      a = a.blend(TANH_HIGH, a.compare(VectorOperators.GT, TANH_HIGH));
      FloatVector t = a.add(a);
      FloatVector z = t.fma(FloatVector.broadcast(S, LOG2_E), rounder);
      FloatVector whole = z.sub(rounder);
      FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_HI), t);
      r = whole.fma(FloatVector.broadcast(S, -LN2_LO), r);
      FloatVector p = r.fma(FloatVector.broadcast(S, E5), FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      p = p.fma(r, FloatVector.broadcast(S, E1));
      p = p.fma(r, FloatVector.broadcast(S, E0));
      p = p.fma(r.mul(r), r);
      FloatVector power =
          z.reinterpretAsInts()
              .sub(ROUNDER_BITS - 127)
              .lanewise(VectorOperators.LSHL, 23)
              .reinterpretAsFloats();
      FloatVector e = power.fma(p, power.sub(1f));
      FloatVector d = e.add(2f);
      FloatVector lost = e.sub(d.sub(2f));
      FloatVector inverse = FloatVector.broadcast(S, 1f).div(d);
      FloatVector q = e.mul(inverse);
      FloatVector minus = q.neg();
      FloatVector residue = minus.fma(lost, minus.fma(d, e));
      q = residue.fma(inverse, q);
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      q.abs().reinterpretAsInts().or(sign).reinterpretAsFloats().intoArray(y, i);
    }
    for (int i = end; i < n; i++) {
      y[i] = TranscendentalsF32.tanh(x[i]);
    }
  }

  static void sigmoid(float[] x, float[] y, int n) {
    int end = S.loopBound(n);
    FloatVector rounder = FloatVector.broadcast(S, ROUNDER);
    for (int i = 0; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector c = v.abs().neg();
      c = c.blend(EXP_LOW, c.compare(VectorOperators.LT, EXP_LOW));
      FloatVector z = c.fma(FloatVector.broadcast(S, LOG2_E), rounder);
      FloatVector whole = z.sub(rounder);
      FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_HI), c);
      r = whole.fma(FloatVector.broadcast(S, -LN2_LO), r);
      FloatVector p = r.fma(FloatVector.broadcast(S, E5), FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      p = p.fma(r, FloatVector.broadcast(S, E1));
      p = p.fma(r, FloatVector.broadcast(S, E0));
      p = p.fma(r.mul(r), r).add(1f);
      IntVector power = z.reinterpretAsInts().sub(ROUNDER_BITS);
      IntVector half = power.lanewise(VectorOperators.ASHR, 1);
      IntVector other = power.sub(half).add(127).lanewise(VectorOperators.LSHL, 23);
      half = half.add(127).lanewise(VectorOperators.LSHL, 23);
      FloatVector e = p.mul(half.reinterpretAsFloats()).mul(other.reinterpretAsFloats());
      FloatVector numerator =
          FloatVector.broadcast(S, 1f).blend(e, v.compare(VectorOperators.LT, 0f));
      FloatVector d = e.add(1f);
      FloatVector lost = e.sub(d.sub(1f));
      FloatVector inverse = FloatVector.broadcast(S, 1f).div(d);
      FloatVector q = numerator.mul(inverse);
      FloatVector minus = q.neg();
      FloatVector residue = minus.fma(lost, minus.fma(d, numerator));
      residue.fma(inverse, q).intoArray(y, i);
    }
    for (int i = end; i < n; i++) {
      y[i] = TranscendentalsF32.sigmoid(x[i]);
    }
  }

  static void erf(float[] x, float[] y, int n) {
    int end = S.loopBound(n);
    FloatVector rounder = FloatVector.broadcast(S, ROUNDER);
    for (int i = 0; i < end; i += L) {
      FloatVector v = FloatVector.fromArray(S, x, i);
      FloatVector a = v.abs();
      a = a.blend(ERF_HIGH, a.compare(VectorOperators.GT, ERF_HIGH));
      FloatVector z = a.mul(a);
      FloatVector p = z.fma(FloatVector.broadcast(S, N6), FloatVector.broadcast(S, N5));
      p = p.fma(z, FloatVector.broadcast(S, N4));
      p = p.fma(z, FloatVector.broadcast(S, N3));
      p = p.fma(z, FloatVector.broadcast(S, N2));
      p = p.fma(z, FloatVector.broadcast(S, N1));
      p = p.fma(z, FloatVector.broadcast(S, N0));
      FloatVector near = p.fma(a, a);
      FloatVector q = a.fma(FloatVector.broadcast(S, C7), FloatVector.broadcast(S, C6));
      q = q.fma(a, FloatVector.broadcast(S, C5));
      q = q.fma(a, FloatVector.broadcast(S, C4));
      q = q.fma(a, FloatVector.broadcast(S, C3));
      q = q.fma(a, FloatVector.broadcast(S, C2));
      q = q.fma(a, FloatVector.broadcast(S, C1));
      q = q.fma(a, FloatVector.broadcast(S, C0));
      FloatVector minus = q.neg();
      FloatVector w = minus.fma(FloatVector.broadcast(S, LOG2_E), rounder);
      FloatVector whole = w.sub(rounder);
      FloatVector r = whole.fma(FloatVector.broadcast(S, -LN2_HI), minus);
      r = whole.fma(FloatVector.broadcast(S, -LN2_LO), r);
      FloatVector e = r.fma(FloatVector.broadcast(S, E5), FloatVector.broadcast(S, E4));
      e = e.fma(r, FloatVector.broadcast(S, E3));
      e = e.fma(r, FloatVector.broadcast(S, E2));
      e = e.fma(r, FloatVector.broadcast(S, E1));
      e = e.fma(r, FloatVector.broadcast(S, E0));
      e = e.fma(r.mul(r), r).add(1f);
      FloatVector power =
          w.reinterpretAsInts()
              .sub(ROUNDER_BITS - 127)
              .lanewise(VectorOperators.LSHL, 23)
              .reinterpretAsFloats();
      FloatVector far = FloatVector.broadcast(S, 1f).sub(e.mul(power));
      FloatVector result = far.blend(near, a.compare(VectorOperators.LT, 1f));
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      result.abs().reinterpretAsInts().or(sign).reinterpretAsFloats().intoArray(y, i);
    }
    for (int i = end; i < n; i++) {
      y[i] = TranscendentalsF32.erf(x[i]);
    }
  }
}
