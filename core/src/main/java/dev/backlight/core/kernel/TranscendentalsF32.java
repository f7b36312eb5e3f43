package dev.backlight.core.kernel;

/// exp, log, tanh, sigmoid and erf of one `float`, each the same chain of operations that
/// `TranscendentalLoopsF32` runs in vectors, so that both give the same bits.
///
/// Largest errors over every 37th of the 2³² floats, in ulps against the value in doubles (and in
/// `ElementwiseLoopsTest` over every 4999th): exp 1.01, log 0.82, tanh 1.67, sigmoid 1.45, erf
/// 1.18. The coefficients of exp and log are those of Cephes.
final class TranscendentalsF32 {
  static final float LOG2_E = 1.44269504f;
  // Adding 1.5 · 2²³ rounds to the nearest whole number, which then stands in the low bits.
  static final float ROUNDER = 12582912f;
  static final int ROUNDER_BITS = 0x4B400000;
  static final float LN2_HI = 0.693147182f;
  static final float LN2_LO = -1.90465432e-9f;

  // (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2.
  static final float E5 = 1.9875691500E-4f;
  static final float E4 = 1.3981999507E-3f;
  static final float E3 = 8.3334519073E-3f;
  static final float E2 = 4.1665795894E-2f;
  static final float E1 = 1.6666665459E-1f;
  static final float E0 = 5.0000001201E-1f;

  // Below the first e^x rounds to 0, above the second to +∞; between them 2ⁿ splits into two normal
  // factors.
  static final float EXP_LOW = -105f;
  static final float EXP_HIGH = 89f;

  // (ln(1 + f) − f + f²/2) / f³ for 1 + f in [√½, √2).
  static final float L8 = 7.0376836292E-2f;
  static final float L7 = -1.1514610310E-1f;
  static final float L6 = 1.1676998740E-1f;
  static final float L5 = -1.2420140846E-1f;
  static final float L4 = 1.4249322787E-1f;
  static final float L3 = -1.6668057665E-1f;
  static final float L2 = 2.0000714765E-1f;
  static final float L1 = -2.4999993993E-1f;
  static final float L0 = 3.3333331174E-1f;
  static final int SQRT_HALF_BITS = 0x3F3504F3;
  static final int MANTISSA = 0x007FFFFF;

  // From here on tanh rounds to 1.
  static final float TANH_HIGH = 10f;

  // (erf x - x) / x³ as a polynomial in x², for |x| < 1; -ln erfc x as one in x, for x from 1 to 4.
  // Fitted by weighted least squares to the relative error of erf.
  static final float N6 = 7.853857823647559e-05f;
  static final float N5 = -0.0008010192541405559f;
  static final float N4 = 0.005188327748328447f;
  static final float N3 = -0.026853810995817184f;
  static final float N2 = 0.1128358542919159f;
  static final float N1 = -0.3761262595653534f;
  static final float N0 = 0.12837916612625122f;
  static final float C7 = 2.1697638658224605e-05f;
  static final float C6 = -0.00044147291919216514f;
  static final float C5 = 0.0042052860371768475f;
  static final float C4 = -0.025210343301296234f;
  static final float C3 = 0.10842210054397583f;
  static final float C2 = 0.633216381072998f;
  static final float C1 = 1.1295802593231201f;
  static final float C0 = -0.0001884678058559075f;

  // From here on erf rounds to 1.
  static final float ERF_HIGH = 4f;

  private TranscendentalsF32() {}

  static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  /// `eˣ`: with n the nearest whole number to x / ln 2 and r = x − n ln 2, it is `2ⁿ eʳ`.
  static float exp(float x) {
    float c = x < EXP_LOW ? EXP_LOW : x;
    c = c > EXP_HIGH ? EXP_HIGH : c;
    float z = Math.fma(c, LOG2_E, ROUNDER);
    float n = z - ROUNDER;
    float r = Math.fma(n, -LN2_HI, c);
    r = Math.fma(n, -LN2_LO, r);
    float p = Math.fma(r, E5, E4);
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, E1);
    p = Math.fma(p, r, E0);
    p = Math.fma(p, r * r, r) + 1f;
    // In two steps, for n from -151 to 128: only the last product rounds, also where the result is
    // subnormal.
    int whole = Float.floatToRawIntBits(z) - ROUNDER_BITS;
    int half = whole >> 1;
    return p
        * Float.intBitsToFloat((half + 127) << 23)
        * Float.intBitsToFloat((whole - half + 127) << 23);
  }

  /// `ln x`: with `x = 2ᵏ (1 + f)`, it is `k ln 2 + ln(1 + f)`.
  static float log(float x) {
    boolean subnormal = x < Float.MIN_NORMAL;
    float scaled = subnormal ? x * 0x1p25f : x;
    int shifted = Float.floatToRawIntBits(scaled) - SQRT_HALF_BITS;
    float k = (float) (shifted >> 23) - (subnormal ? 25f : 0f);
    float f = Float.intBitsToFloat((shifted & MANTISSA) + SQRT_HALF_BITS) - 1f;
    float p = Math.fma(f, L8, L7);
    p = Math.fma(p, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, L2);
    p = Math.fma(p, f, L1);
    p = Math.fma(p, f, L0);
    float z = f * f;
    float y = p * f * z;
    y = Math.fma(k, LN2_LO, y);
    y = Math.fma(z, -0.5f, y);
    float result = Math.fma(k, LN2_HI, f + y);
    if (x < Float.POSITIVE_INFINITY && x > 0f) {
      return result;
    }
    return x == 0f ? Float.NEGATIVE_INFINITY : x < 0f ? Float.NaN : x;
  }

  /// `tanh x = E / (E + 2)` with `E = e²ˣ − 1`, which keeps its relative accuracy near 0: with n
  /// and r as in [#exp], `E = 2ⁿ(eʳ − 1) + (2ⁿ − 1)`.
  static float tanh(float x) {
    float a = Math.abs(x);
    a = a > TANH_HIGH ? TANH_HIGH : a;
    float t = a + a;
    float z = Math.fma(t, LOG2_E, ROUNDER);
    float n = z - ROUNDER;
    float r = Math.fma(n, -LN2_HI, t);
    r = Math.fma(n, -LN2_LO, r);
    float p = Math.fma(r, E5, E4);
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, E1);
    p = Math.fma(p, r, E0);
    p = Math.fma(p, r * r, r);
    float power = Float.intBitsToFloat((Float.floatToRawIntBits(z) - ROUNDER_BITS + 127) << 23);
    float e = Math.fma(power, p, power - 1f);
    // The quotient as a product with the inverse, then corrected for its residue and for what e + 2
    // lost:
    // 1.7 ulp instead of the 2.4 of a plain division.
    float d = e + 2f;
    float lost = e - (d - 2f);
    float inverse = 1f / d;
    float q = e * inverse;
    float residue = Math.fma(-q, lost, Math.fma(-q, d, e));
    return Math.copySign(Math.fma(residue, inverse, q), x);
  }

  /// With `e = exp(−|x|)`: `1 / (1 + e)` for x ≥ 0, else `e / (1 + e)`.
  static float sigmoid(float x) {
    float e = exp(-Math.abs(x));
    float numerator = x < 0f ? e : 1f;
    // As in tanh: 1.5 ulp instead of 2.3.
    float d = e + 1f;
    float lost = e - (d - 1f);
    float inverse = 1f / d;
    float q = numerator * inverse;
    float residue = Math.fma(-q, lost, Math.fma(-q, d, numerator));
    return Math.fma(residue, inverse, q);
  }

  /// `erf x`: a polynomial times x below 1, and `1 - exp(-q(x))` above.
  static float erf(float x) {
    float a = Math.abs(x);
    a = a > ERF_HIGH ? ERF_HIGH : a;
    float z = a * a;
    float p = Math.fma(z, N6, N5);
    p = Math.fma(p, z, N4);
    p = Math.fma(p, z, N3);
    p = Math.fma(p, z, N2);
    p = Math.fma(p, z, N1);
    p = Math.fma(p, z, N0);
    float near = Math.fma(p, a, a);
    float q = Math.fma(a, C7, C6);
    q = Math.fma(q, a, C5);
    q = Math.fma(q, a, C4);
    q = Math.fma(q, a, C3);
    q = Math.fma(q, a, C2);
    q = Math.fma(q, a, C1);
    q = Math.fma(q, a, C0);
    // exp(-q) as in exp; q is at most 18, so the power of two is a normal number.
    float minus = -q;
    float w = Math.fma(minus, LOG2_E, ROUNDER);
    float n = w - ROUNDER;
    float r = Math.fma(n, -LN2_HI, minus);
    r = Math.fma(n, -LN2_LO, r);
    float e = Math.fma(r, E5, E4);
    e = Math.fma(e, r, E3);
    e = Math.fma(e, r, E2);
    e = Math.fma(e, r, E1);
    e = Math.fma(e, r, E0);
    e = Math.fma(e, r * r, r) + 1f;
    float power = Float.intBitsToFloat((Float.floatToRawIntBits(w) - ROUNDER_BITS + 127) << 23);
    float far = 1f - e * power;
    return Math.copySign(a < 1f ? near : far, x);
  }
}
