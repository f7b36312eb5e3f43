package dev.backlight.core.kernel;

/// exp, log, tanh and sigmoid of one `double`, by [StrictMath]: within 1 ulp (tanh and sigmoid 1.5)
/// and the same on every machine, which [Math] does not promise. Not vectorised: this precision is
/// for checks, not for speed.
final class TranscendentalsF64 {
  private TranscendentalsF64() {}

  static double sqrt(double x) {
    return Math.sqrt(x);
  }

  static double exp(double x) {
    return StrictMath.exp(x);
  }

  static double log(double x) {
    return StrictMath.log(x);
  }

  /// `tanh x = E / (E + 2)` with `E = e²ˣ − 1`; [StrictMath#tanh] is wrong by up to 1.9 ulp.
  static double tanh(double x) {
    double a = Math.abs(x);
    if (a > 22) {
      return Math.copySign(1, x);
    }
    double e = StrictMath.expm1(a + a);
    return Math.copySign(quotient(e, e, 2), x);
  }

  /// With `e = exp(−|x|)`: `1 / (1 + e)` for x ≥ 0, else `e / (1 + e)`.
  static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return quotient(x < 0 ? e : 1, e, 1);
  }

  /// `x / (e + k)`, corrected for its residue and for what the sum lost.
  private static double quotient(double x, double e, double k) {
    double d = e + k;
    double lost = Math.abs(e) > k ? k - (d - e) : e - (d - k);
    double q = x / d;
    double residue = Math.fma(-q, lost, Math.fma(-q, d, x));
    return q + residue / d;
  }
}
