package dev.backlight.core.kernel;

/// The repeated integrals of the complementary error function, without the factor by which they
/// vanish: `wₙ(x) = exp(x²) iⁿerfc(x)`, and `w₀` is known as erfcx.
///
/// They are positive, and `wₙ' = -2 (n+1) wₙ₊₁`: a derivative of any order is one of them again,
/// without a difference that would cancel. Up to 6 a Taylor polynomial around the nearest multiple
/// of 1/8, whose coefficients are therefore `wₙ₊ₖ` at that node; beyond, the continued fraction. M.
/// Abramowitz and I. Stegun, 7.2; W. Gautschi, "Efficient computation of the complex error
/// function" (1970).
public final class ScaledErfc {
  /// The largest `n` that is offered.
  public static final int ORDERS = 60;

  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
  private static final int NODES_PER_UNIT = 8;
  private static final int END = 6;
  // At a distance of 1/16 a term is at most half of the one before.
  private static final int DEGREE = 24;
  private static final int FAR_TERMS = 40;
  private static final int NEAR_TERMS = 700;
  private static final double[][] NODES = nodes();

  private ScaledErfc() {}

  /// `wₙ(x)`.
  public static double w(int n, double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (x < 0) {
      return left(n, x);
    }
    return x <= END ? taylor(n, x) : fraction(n, x, FAR_TERMS);
  }

  /// `erfc(x)`, right to a few units in the last place as far as it is not 0.
  public static double erfc(double x, double erf) {
    return x < 0.5 ? 1 - erf : x > 28 ? 0 : gauss(x) * w(0, x);
  }

  /// `exp(-x²)`, the rounding of the square made good.
  public static double gauss(double x) {
    return exp(x, -1);
  }

  private static double exp(double x, int sign) {
    if (Math.abs(x) > 100) {
      return sign < 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    // The head has 26 bits or fewer, so its square is exact.
    double head = Math.rint(x * 0x1p16) * 0x1p-16;
    return StrictMath.exp(sign * head * head) * StrictMath.exp(sign * (x - head) * (x + head));
  }

  /// Below 0 the recurrence `2n wₙ = wₙ₋₂ - 2x wₙ₋₁` adds positive numbers.
  private static double left(int n, double x) {
    double before = TWO_OVER_ROOT_PI;
    double w = 2 * exp(x, 1) - w(0, -x);
    if (n == 0 || w == Double.POSITIVE_INFINITY) {
      return w;
    }
    for (int k = 1; k <= n; k++) {
      double next = (before - 2 * x * w) / (2 * k);
      before = w;
      w = next;
    }
    return w;
  }

  private static double taylor(int n, double x) {
    int node = (int) (x * NODES_PER_UNIT + 0.5);
    double h = -2 * (x - (double) node / NODES_PER_UNIT);
    double[] w = NODES[node];
    // Σ (n+k choose k) hᵏ wₙ₊ₖ, from the inside out.
    double sum = w[n + DEGREE];
    for (int k = DEGREE; k > 0; k--) {
      sum = sum * h * (n + k) / k + w[n + k - 1];
    }
    return sum;
  }

  /// The ratios `wₖ / wₖ₋₁ = ½ / (x + (k+1) wₖ₊₁ / wₖ)` from far above down, and their product.
  private static double fraction(int n, double x, int terms) {
    double ratio = 0;
    double product = TWO_OVER_ROOT_PI;
    for (int k = n + terms; k >= 0; k--) {
      ratio = 0.5 / (x + (k + 1) * ratio);
      if (k <= n) {
        product *= ratio;
      }
    }
    return product;
  }

  private static double[][] nodes() {
    double[][] table = new double[END * NODES_PER_UNIT + 1][ORDERS + DEGREE + 1];
    double[] zero = new double[table[0].length + 400];
    zero[0] = 1;
    zero[1] = 1 / Math.sqrt(Math.PI);
    for (int m = 2; m < zero.length; m++) {
      zero[m] = zero[m - 2] / (2 * m);
    }
    for (int node = 0; node < table.length; node++) {
      double x = (double) node / NODES_PER_UNIT;
      for (int m = 0; m < table[node].length; m++) {
        table[node][m] = x <= 0.5 ? aroundZero(m, x, zero) : fraction(m, x, NEAR_TERMS);
      }
    }
    return table;
  }

  private static double aroundZero(int m, double x, double[] zero) {
    double sum = 0;
    double factor = 1;
    for (int k = 0; k < 200; k++) {
      sum += factor * zero[m + k];
      factor *= -2 * x * (m + k + 1) / (k + 1);
    }
    return sum;
  }
}
