package dev.backlight.core.kernel;

/// exp, log, tanh, sigmoid and erf of one `float`, each the same chain of operations that
/// `TranscendentalLoopsF32` runs in vectors, so that both give the same bits.
///
/// Largest errors, in ulps of the exact value: exp 0.93, log 0.81, tanh 1.28, sigmoid 1.45, erf
/// 1.20, over every 37th (exp, log, tanh) or 137th float of the ranges that matter, and in
/// `ElementwiseLoopsTest` over every 4999th. The coefficients of log, and those of the exponential
/// in erf, are those of Cephes.
final class TranscendentalsF32 {
  static final float LOG2_E = 1.44269504f;
  // Adding 1.5 · 2²³ rounds to the nearest whole number, which then stands in the low bits.
  static final float ROUNDER = 12582912f;
  static final int ROUNDER_BITS = 0x4B400000;
  static final float LN2_HI = 0.693147182f;
  static final float LN2_LO = -1.90465432e-9f;

  // The step of exp, and (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 16.
  static final float EIGHTHS = 11.54156f;
  static final float EIGHTH_HI = 0.0866434f;
  static final float EIGHTH_LO = -2.3808178e-10f;
  static final float X4 = 0.04166901856660843f;
  static final float X3 = 0.16668038070201874f;
  static final float X2 = 0.5f;
  static final int ONE_BITS = 0x3F800000;

  // The same for |r| ≤ ln 2 / 2.
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
  static final int TANH_HIGH_BITS = 0x41120000;
  // Just below 1/16.
  static final int TANH_LOW_BITS = 0x3D7FFFFF;

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

  /// `eˣ`: with n the nearest whole number to 8 x / ln 2 and r = x − n ln 2 / 8, it is `4ᵐ 2^(j/8)
  /// eʳ` where `n = 16 m + j`.
  static float exp(float x) {
    float y = expWithin(x);
    y = x < EXP_LOW ? 0f : y;
    return x > EXP_HIGH ? Float.POSITIVE_INFINITY : y;
  }

  /// The same for what is neither below [#EXP_LOW] nor above [#EXP_HIGH]; anything for the rest.
  private static float expWithin(float x) {
    float z = Math.fma(x, EIGHTHS, ROUNDER);
    float p = expm1(x, z - ROUNDER);
    int whole = Float.floatToRawIntBits(z);
    float power = TablesF32.at(TablesF32.EXP, whole);
    float half = half(whole);
    return Math.fma(power, p, power) * half * half;
  }

  /// `eʳ − 1` for `r = c − n ln 2 / 8`.
  private static float expm1(float c, float n) {
    float r = Math.fma(n, -EIGHTH_HI, c);
    r = Math.fma(n, -EIGHTH_LO, r);
    float p = Math.fma(r, X4, X3);
    p = Math.fma(p, r, X2);
    return Math.fma(p, r * r, r);
  }

  /// `2ᵐ`, by which one multiplies twice: for m from -76 to 64 only the last product rounds, also
  /// where the result is subnormal. The bits of [#ROUNDER] are shifted out.
  private static float half(int whole) {
    return Float.intBitsToFloat((whole >> 4 << 23) + ONE_BITS);
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

  /// `tanh x`: for each half octave of x a polynomial around a centre of its own, and one for all
  /// that is below.
  static float tanh(float x) {
    if (Float.isNaN(x)) {
      return x;
    }
    int bits = Math.min(Float.floatToRawIntBits(Math.abs(x)), TANH_HIGH_BITS);
    int octave = Math.max(bits, TANH_LOW_BITS) >> 22;
    float t = Float.intBitsToFloat(bits) - TablesF32.at(TablesF32.TANH, octave);
    float square = t * t;
    // Pairs first: a shorter chain of operations that wait for each other.
    float p = Math.fma(coefficient(6, octave), t, coefficient(5, octave));
    p = Math.fma(p, square, Math.fma(coefficient(4, octave), t, coefficient(3, octave)));
    p = Math.fma(p, square, Math.fma(coefficient(2, octave), t, coefficient(1, octave)));
    return Math.copySign(Math.fma(p, t, coefficient(0, octave)), x);
  }

  private static float coefficient(int k, int octave) {
    return TablesF32.at(TablesF32.TANH + (k + 1) * TablesF32.SIZE, octave);
  }

  /// With `e = exp(−|x|)`: `1 / (1 + e)` for x ≥ 0, else `e / (1 + e)`.
  static float sigmoid(float x) {
    float c = -Math.abs(x);
    float z = Math.fma(c, EIGHTHS, ROUNDER);
    float p = expm1(c, z - ROUNDER);
    int whole = Float.floatToRawIntBits(z);
    float power = TablesF32.at(TablesF32.EXP, whole);
    float half = half(whole);
    // With what rounding took from the power, e is right to 0.6 ulp.
    float e = power + Math.fma(power, p, TablesF32.at(TablesF32.EXP_REST, whole));
    e = c < EXP_LOW ? 0f : e * half * half;
    float numerator = x < 0f ? e : 1f;
    // The quotient as a product with the inverse, then corrected for its residue and for what e + 1
    // lost.
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
