package dev.backlight.core.kernel;

/// exp, log, tanh and sigmoid of one `double`, by [StrictMath]: within 1 ulp (sigmoid 2) and the
/// same on every machine, which [Math] does not promise. Not vectorised: this precision is for
/// checks, not for speed.
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

  static double tanh(double x) {
    return StrictMath.tanh(x);
  }

  /// With `e = exp(−|x|)`: `1 / (1 + e)` for x ≥ 0, else `e / (1 + e)`.
  static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (e + 1);
  }
}
