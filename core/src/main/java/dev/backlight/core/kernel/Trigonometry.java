package dev.backlight.core.kernel;

/// Sine, cosine and tangent of one `double`, bit for bit those of [StrictMath], without the array
/// that it allocates on every call.
///
/// The argument is brought into `[-π/4, π/4]` as a sum of two doubles by subtracting a multiple of
/// π/2 that is itself known in three parts (Cody and Waite), then a minimax polynomial answers. The
/// constants are those of fdlibm, which [StrictMath] is defined by. Beyond 2¹⁹ π/2 the reduction
/// needs more digits of π than fit here: there [StrictMath] answers, and allocates.
public final class Trigonometry {
  /// Up to here no reduction is needed.
  private static final int QUARTER = 0x3fe921fb;

  /// Beyond this the reduction is left to [StrictMath]; infinities and NaN are, too.
  private static final int FAR = 0x413921fb;

  private static final double PER_QUADRANT = 6.36619772367581382433e-01;
  private static final double HALF_PI_1 = 1.57079632673412561417e+00;
  private static final double HALF_PI_1_REST = 6.07710050650619224932e-11;
  private static final double HALF_PI_2 = 6.07710050630396597660e-11;
  private static final double HALF_PI_2_REST = 2.02226624879595063154e-21;
  private static final double HALF_PI_3 = 2.02226624871116645580e-21;
  private static final double HALF_PI_3_REST = 8.47842766036889956997e-32;

  private static final double SIN_1 = -1.66666666666666324348e-01;

  private Trigonometry() {}

  /// Sine of radians.
  public static double sin(double x) {
    int ix = high(x) & 0x7fffffff;
    if (ix <= QUARTER) {
      return nearSin(x);
    }
    if (ix > FAR) {
      return StrictMath.sin(x);
    }
    int n = quadrant(x, ix);
    double y0 = near(x, ix, n);
    double y1 = rest(x, ix, n, y0);
    return signed(x, y0, y1, n);
  }

  private static double signed(double x, double y0, double y1, int n) {
    // The reduction works on |x|; the sine is odd.
    double sine =
        switch (n & 3) {
          case 0 -> kernelSin(y0, y1);
          case 1 -> kernelCos(y0, y1);
          case 2 -> -kernelSin(y0, y1);
          default -> -kernelCos(y0, y1);
        };
    return x < 0 ? -sine : sine;
  }

  /// Cosine of radians.
  public static double cos(double x) {
    int ix = high(x) & 0x7fffffff;
    if (ix <= QUARTER) {
      return kernelCos(x, 0);
    }
    if (ix > FAR) {
      return StrictMath.cos(x);
    }
    int n = quadrant(x, ix);
    double y0 = near(x, ix, n);
    double y1 = rest(x, ix, n, y0);
    return switch (n & 3) {
      case 0 -> kernelCos(y0, y1);
      case 1 -> -kernelSin(y0, y1);
      case 2 -> -kernelCos(y0, y1);
      default -> kernelSin(y0, y1);
    };
  }

  /// Tangent of radians.
  public static double tan(double x) {
    int ix = high(x) & 0x7fffffff;
    if (ix <= QUARTER) {
      return kernelTan(x, 0, true);
    }
    if (ix > FAR) {
      return StrictMath.tan(x);
    }
    int n = quadrant(x, ix);
    double y0 = near(x, ix, n);
    double y1 = rest(x, ix, n, y0);
    double tangent = kernelTan(y0, y1, (n & 1) == 0);
    return x < 0 ? -tangent : tangent;
  }

  // ---- reduction ----

  private static int high(double x) {
    return (int) (Double.doubleToRawLongBits(x) >> 32);
  }

  private static int exponent(double x) {
    return (high(x) >> 20) & 0x7ff;
  }

  /// The multiple of π/2 next to |x|.
  private static int quadrant(double x, int ix) {
    return ix < 0x4002d97c ? 1 : (int) (Math.abs(x) * PER_QUADRANT + 0.5);
  }

  /// How many of the three parts of π/2 are needed for |x| - n π/2 to keep its digits.
  private static int parts(double t, int ix, int n) {
    if (ix < 0x4002d97c) {
      return ix != 0x3ff921fb ? 1 : 2;
    }
    double r = t - n * HALF_PI_1;
    double y = r - n * HALF_PI_1_REST;
    if (n < 32 && ix != high(n * (Math.PI / 2))) {
      return 1;
    }
    int exponent = ix >> 20;
    if (exponent - exponent(y) <= 16) {
      return 1;
    }
    double w = n * HALF_PI_2;
    double second = r - w;
    w = n * HALF_PI_2_REST - ((r - second) - w);
    return exponent - exponent(second - w) <= 49 ? 2 : 3;
  }

  /// |x| - n π/2, rounded.
  private static double near(double x, int ix, int n) {
    double t = Math.abs(x);
    int parts = parts(t, ix, n);
    return left(t, n, parts) - correction(t, n, parts);
  }

  /// What the rounding of [#near] lost.
  private static double rest(double x, int ix, int n, double near) {
    double t = Math.abs(x);
    int parts = parts(t, ix, n);
    return (left(t, n, parts) - near) - correction(t, n, parts);
  }

  /// |x| less the leading parts of n π/2, exactly.
  private static double left(double t, int n, int parts) {
    double r = t - n * HALF_PI_1;
    if (parts > 1) {
      r = r - n * HALF_PI_2;
    }
    return parts > 2 ? r - n * HALF_PI_3 : r;
  }

  /// The part of n π/2 that is still to be subtracted, with what the last subtraction lost.
  private static double correction(double t, int n, int parts) {
    double before = left(t, n, parts - 1);
    double after = left(t, n, parts);
    return switch (parts) {
      case 1 -> n * HALF_PI_1_REST;
      case 2 -> n * HALF_PI_2_REST - ((before - after) - n * HALF_PI_2);
      default -> n * HALF_PI_3_REST - ((before - after) - n * HALF_PI_3);
    };
  }

  // ---- polynomials on [-π/4, π/4] ----

  private static double nearSin(double x) {
    if (Math.abs(x) < 0x1p-27) {
      return x;
    }
    double z = x * x;
    return x + z * x * (SIN_1 + z * sinTail(z));
  }

  private static double kernelSin(double x, double y) {
    if (Math.abs(x) < 0x1p-27) {
      return x;
    }
    double z = x * x;
    double v = z * x;
    return x - ((z * (0.5 * y - v * sinTail(z)) - y) - v * SIN_1);
  }

  private static double sinTail(double z) {
    return 8.33333333332248946124e-03
        + z
            * (-1.98412698298579493134e-04
                + z
                    * (2.75573137070700676789e-06
                        + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  }

  private static double kernelCos(double x, double y) {
    int ix = high(x) & 0x7fffffff;
    if (Math.abs(x) < 0x1p-27) {
      return 1;
    }
    double z = x * x;
    double r =
        z
            * (4.16666666666666019037e-02
                + z
                    * (-1.38888888888741095749e-03
                        + z
                            * (2.48015872894767294178e-05
                                + z
                                    * (-2.75573143513906633035e-07
                                        + z
                                            * (2.08757232129817482790e-09
                                                + z * -1.13596475577881948265e-11)))));
    if (ix < 0x3FD33333) {
      return 1 - (0.5 * z - (z * r - x * y));
    }
    // About a quarter of x, with few digits, so that 1 less it is exact.
    double quarter = ix > 0x3fe90000 ? 0.28125 : Double.longBitsToDouble((ix - 0x00200000L) << 32);
    double half = 0.5 * z - quarter;
    double one = 1 - quarter;
    return one - (half - (z * r - x * y));
  }

  /// The tangent, or minus its reciprocal.
  private static double kernelTan(double angle, double tail, boolean direct) {
    double x = angle;
    double y = tail;
    int hx = high(x);
    boolean large = (hx & 0x7fffffff) >= 0x3FE59428;
    if (large) {
      if (hx < 0) {
        x = -x;
        y = -y;
      }
      x = (7.85398163397448278999e-01 - x) + (3.06161699786838301793e-17 - y);
      y = 0;
    }
    double z = x * x;
    double w = z * z;
    double odd =
        1.33333333333201242699e-01
            + w
                * (2.18694882948595424599e-02
                    + w
                        * (3.59207910759131235356e-03
                            + w
                                * (5.88041240820264096874e-04
                                    + w
                                        * (7.81794442939557092300e-05
                                            + w * -1.85586374855275456654e-05))));
    double even =
        z
            * (5.39682539762260521377e-02
                + w
                    * (8.86323982359930005737e-03
                        + w
                            * (1.45620945432529025516e-03
                                + w
                                    * (2.46463134818469906812e-04
                                        + w
                                            * (7.14072491382608190305e-05
                                                + w * 2.59073051863633712884e-05)))));
    double s = z * x;
    double r = y + z * (s * (odd + even) + y);
    r += 3.33333333333334091986e-01 * s;
    if (!large && Math.abs(x) < 0x1p-28) {
      if (direct) {
        return x;
      }
      r = y;
    }
    w = x + r;
    if (large) {
      double v = direct ? 1 : -1;
      return (1 - ((hx >> 30) & 2)) * (v - 2 * (x - (w * w / (w + v) - r)));
    }
    if (direct) {
      return w;
    }
    // -1 / w to full precision: a short first guess and one step of correction.
    double head = truncated(w);
    double v = r - (head - x);
    double a = -1 / w;
    double t = truncated(a);
    return t + a * ((1 + t * head) + t * v);
  }

  private static double truncated(double x) {
    return Double.longBitsToDouble(Double.doubleToRawLongBits(x) & 0xFFFFFFFF00000000L);
  }
}
