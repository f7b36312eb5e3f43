package dev.backlight.core.kernel;

/// The logarithm of the gamma function and its derivatives, the polygamma functions.
///
/// Far to the right Stirling's series answers, in between the recurrence leads there, near 1 and 2
/// a Taylor series keeps the zeros, and to the left the reflection formula answers. Constants are
/// computed, not copied. M. Abramowitz and I. Stegun, 6.1 to 6.4.
public final class Gammas {
  /// The highest polygamma function that is offered.
  public static final int ORDERS = 60;

  private static final double EULER = 0.57721566490153286061;
  private static final double HALF_LOG_2_PI = 0.91893853320467274178;
  // At a distance of 1/2 a term is a quarter of the one before.
  private static final double[] ZETA_MINUS_1 = zetas(30);
  private static final double[] BERNOULLI = bernoulli(16);
  private static final double[][] COTANGENT = cotangents();

  private Gammas() {}

  /// `ln |Γ(x)|`; +∞ at the poles 0, -1, -2, …
  public static double logGamma(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (Double.isInfinite(x) || (x <= 0 && x == Math.rint(x))) {
      return Double.POSITIVE_INFINITY;
    }
    if (x < -0.5) {
      return StrictMath.log(Math.PI / Math.abs(HalfTurns.sin(x))) - logGamma(1 - x);
    }
    if (x < 0.5) {
      return aroundTwo(x) - StrictMath.log1p(x) - StrictMath.log(Math.abs(x));
    }
    if (x < 1.5) {
      return aroundTwo(x - 1) - StrictMath.log1p(x - 1);
    }
    if (x >= 8) {
      double sum = 0;
      double square = x * x;
      for (int k = 8; k > 0; k--) {
        sum = sum / square + BERNOULLI[k] / (2 * k * (2 * k - 1));
      }
      return (x - 0.5) * (StrictMath.log(x) - 1) + (HALF_LOG_2_PI - 0.5) + sum / x;
    }
    double product = 1;
    double near = x;
    while (near >= 2.5) {
      near -= 1;
      product *= near;
    }
    return aroundTwo(near - 2) + StrictMath.log(product);
  }

  /// `ln Γ(2 + z)` for `|z| ≤ ½`.
  private static double aroundTwo(double z) {
    double sum = 0;
    for (int k = ZETA_MINUS_1.length - 1; k >= 2; k--) {
      sum = sum * -z + ZETA_MINUS_1[k] / k;
    }
    return z * (1 - EULER) + z * z * sum;
  }

  /// The derivative of order `n + 1` of `ln Γ`. At the poles it is NaN where it changes its sign,
  /// `n` even, and +∞ where it does not.
  public static double polygamma(int n, double x) {
    if (x <= 0 && x == Math.rint(x)) {
      return n % 2 == 0 ? Double.NaN : Double.POSITIVE_INFINITY;
    }
    if (x < 0) {
      double right = polygamma(n, 1 - x);
      return (n % 2 == 0 ? right : -right) - cotangent(n, x);
    }
    return n == 0 ? digamma(x) : higher(n, x);
  }

  private static double digamma(double x) {
    double shift = 0;
    double far = x;
    while (far < 12) {
      shift += 1 / far;
      far += 1;
    }
    double sum = 0;
    double square = far * far;
    for (int k = 9; k > 0; k--) {
      sum = (sum + BERNOULLI[k] / (2 * k)) / square;
    }
    return StrictMath.log(far) - 0.5 / far - sum - shift;
  }

  private static double higher(int n, double x) {
    if (x == Double.POSITIVE_INFINITY) {
      return 0;
    }
    // All terms have one sign. They are kept in units of n! / farⁿ, lest a factorial overflow.
    double far = x;
    while (far < 12 + n) {
      far += 1;
    }
    double factorial = factorial(n);
    double shift = 0;
    for (double at = x; at < far; at += 1) {
      shift += power(at, n + 1);
    }
    double series = 1.0 / n + 0.5 / far;
    double factor = 1 / far;
    for (int k = 1; k < BERNOULLI.length; k++) {
      // (2k + n - 1)! / ((2k)! n!), one step at a time
      factor *=
          k == 1
              ? (n + 1) / (2 * far)
              : (2 * k + n - 2.0) / (2 * k - 1) * (2 * k + n - 1) / (2 * k) / far / far;
      series += BERNOULLI[k] * factor;
    }
    double size = factorial * (shift + series * power(far, n));
    return n % 2 == 0 ? -size : size;
  }

  /// `x⁻ⁿ`.
  private static double power(double x, int n) {
    double inverse = 1;
    for (int k = 0; k < n; k++) {
      inverse /= x;
    }
    return inverse;
  }

  private static double factorial(int n) {
    double product = 1;
    for (int k = 2; k <= n; k++) {
      product *= k;
    }
    return product;
  }

  /// The derivative of order n of `π cot(πx)`: a polynomial in the cotangent.
  private static double cotangent(int n, double x) {
    double c = HalfTurns.cos(x) / HalfTurns.sin(x);
    double[] polynomial = COTANGENT[n];
    double sum = 0;
    for (int k = n + 1; k >= 0; k--) {
      sum = sum * c + polynomial[k];
    }
    return sum;
  }

  private static double[][] cotangents() {
    double[][] table = new double[ORDERS + 1][ORDERS + 2];
    table[0][1] = Math.PI;
    for (int n = 0; n < ORDERS; n++) {
      // d/dx cᵏ = -π k (cᵏ⁻¹ + cᵏ⁺¹)
      for (int k = 1; k <= n + 1; k++) {
        double slope = -Math.PI * k * table[n][k];
        table[n + 1][k - 1] += slope;
        table[n + 1][k + 1] += slope;
      }
    }
    return table;
  }

  /// `ζ(k) - 1` by Euler and Maclaurin from 60 on.
  private static double[] zetas(int n) {
    double[] zeta = new double[n];
    int from = 60;
    for (int k = 2; k < n; k++) {
      double last = StrictMath.pow(from, -k);
      double sum =
          last * (from / (k - 1.0) + 0.5 + k / (12.0 * from))
              - last * k * (k + 1) * (k + 2) / (720.0 * from * from * from)
              + last * k * (k + 1) * (k + 2) * (k + 3) * (k + 4) / (30240.0 * Math.pow(from, 5));
      for (int j = from - 1; j >= 2; j--) {
        sum += StrictMath.pow(j, -k);
      }
      zeta[k] = sum;
    }
    return zeta;
  }

  /// The Bernoulli numbers `B₂ₖ` at `k`, by `ζ(2k)`.
  private static double[] bernoulli(int n) {
    double[] b = new double[n];
    double[] zeta = zetas(2 * n + 1);
    double factor = 2;
    for (int k = 1; k < n; k++) {
      factor *= (2 * k - 1) * (2 * k) / (4 * Math.PI * Math.PI);
      b[k] = (k % 2 == 0 ? -1 : 1) * factor * (1 + zeta[2 * k]);
    }
    return b;
  }
}
