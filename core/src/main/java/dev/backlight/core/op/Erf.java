package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.FloatLoops;
import java.math.BigDecimal;
import java.math.MathContext;

/// The error function, elementwise: `y = 2/√π ∫₀ˣ e^(-t²) dt`, right to 1.2 ulp.
///
/// For `F64` its Taylor polynomial around the nearest multiple of 1/8; the derivatives of `erf`
/// obey the recurrence of the Hermite polynomials, so the table is computed, not copied, the first
/// two coefficients of each in forty digits. From 6 on the value rounds to 1.
public record Erf() implements Op.Elementwise {
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
  private static final BigDecimal PI =
      new BigDecimal("3.1415926535897932384626433832795028841971693993751");
  private static final double END = 6;
  private static final int NODES_PER_UNIT = 8;
  // The first term left out is below 1e-19: the distance to a node is at most 1/16.
  private static final int DEGREE = 13;
  private static final MathContext DIGITS = new MathContext(40);
  private static final double[][] TAYLOR = taylor();

  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public double f(double x) {
    double distance = Math.abs(x);
    if (distance >= END) {
      return Math.copySign(1, x);
    }
    int node = (int) (distance * NODES_PER_UNIT + 0.5);
    double h = distance - (double) node / NODES_PER_UNIT;
    double[] a = TAYLOR[node];
    double sum = a[DEGREE];
    for (int n = DEGREE - 1; n >= 2; n--) {
      sum = sum * h + a[n];
    }
    // What is left of the first two coefficients stands behind the others.
    sum = h * (sum * h + a[DEGREE + 2]) + a[DEGREE + 1];
    return Math.copySign(Math.fma(h, a[1], sum) + a[0], x);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (out[0].dtype() == DType.F32) {
      FloatLoops.current().erf(in[0].f32(), out[0].f32(), out[0].size());
    } else {
      Op.Elementwise.super.run(in, out);
    }
  }

  /// `2/√π e^(-x²)`.
  @Override
  public Tensor slope(Tensor x, Tensor y) {
    return x.square().neg().exp().mul(TWO_OVER_ROOT_PI);
  }

  private static double[][] taylor() {
    double[][] table = new double[((int) END) * NODES_PER_UNIT + 1][DEGREE + 3];
    for (int node = 0; node < table.length; node++) {
      double x = (double) node / NODES_PER_UNIT;
      double[] a = table[node];
      BigDecimal slope = slopeAt(new BigDecimal(x));
      BigDecimal value = slope.multiply(seriesAt(new BigDecimal(x)), DIGITS);
      a[0] = value.doubleValue();
      a[DEGREE + 1] = value.subtract(new BigDecimal(a[0])).doubleValue();
      double before = 0;
      double derivative = slope.doubleValue();
      for (int n = 0; n < DEGREE; n++) {
        a[n + 1] = derivative / (n + 1);
        double next = -2 * (x * derivative + before) / (n + 1);
        before = derivative;
        derivative = next;
      }
      a[DEGREE + 2] = slope.subtract(new BigDecimal(a[1])).doubleValue();
    }
    return table;
  }

  /// `2/√π e^(-x²)`, by halving the exponent until few terms of the series do.
  private static BigDecimal slopeAt(BigDecimal x) {
    int halvings = 12;
    BigDecimal small = x.multiply(x).divide(BigDecimal.valueOf(1L << halvings), DIGITS);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int n = 1; n < 20; n++) {
      term = term.multiply(small, DIGITS).divide(BigDecimal.valueOf(-n), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return BigDecimal.TWO.multiply(sum).divide(PI.sqrt(DIGITS), DIGITS);
  }

  /// `erf(x)` over its slope: Abramowitz and Stegun 7.1.6, a series without cancellation.
  private static BigDecimal seriesAt(BigDecimal x) {
    BigDecimal twice = BigDecimal.TWO.multiply(x).multiply(x);
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal term = x;
    for (int n = 1; sum.add(term, DIGITS).compareTo(sum) != 0; n++) {
      sum = sum.add(term, DIGITS);
      term = term.multiply(twice, DIGITS).divide(BigDecimal.valueOf(2L * n + 1), DIGITS);
    }
    return sum;
  }
}
