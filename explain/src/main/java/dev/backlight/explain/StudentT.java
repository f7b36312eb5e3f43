package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.stream.DoubleStream;

/// Student's t distribution, as far as a comparison of two means needs it.
final class StudentT {
  private static final int STEPS = 10_000;

  private StudentT() {}

  /// How probable it is that two samples of one mean lie at least so far apart: Welch's two-sided
  /// test, which does not ask for equal variances.
  ///
  /// Samples without any variance are as far apart as can be, or not at all: 0 or 1.
  static double welch(double[] a, double[] b) {
    double apart = mean(a) - mean(b);
    double errorA = variance(a) / a.length;
    double errorB = variance(b) / b.length;
    double error = errorA + errorB;
    if (apart == 0) {
      return 1;
    }
    if (error == 0) {
      return 0;
    }
    double freedom =
        error * error / (errorA * errorA / (a.length - 1) + errorB * errorB / (b.length - 1));
    return tails(apart / Math.sqrt(error), freedom);
  }

  /// The probability beyond ±t: `I(ν / (ν + t²); ν/2, 1/2)`, the regularised incomplete beta
  /// function.
  static double tails(double t, double freedom) {
    return beta(freedom / (freedom + t * t), freedom / 2, 0.5);
  }

  private static double beta(double x, double a, double b) {
    if (x <= 0 || x >= 1) {
      return x <= 0 ? 0 : 1;
    }
    // The fraction converges fast on this side of the mean; on the other, the mirrored one does.
    return x < (a + 1) / (a + b + 2)
        ? front(x, a, b) * fraction(x, a, b) / a
        : 1 - front(1 - x, b, a) * fraction(1 - x, b, a) / b;
  }

  private static double front(double x, double a, double b) {
    double[] logs = Tensor.of(a + b, a, b).lgamma().toDoubles();
    return Math.exp(logs[0] - logs[1] - logs[2] + a * Math.log(x) + b * Math.log1p(-x));
  }

  /// The continued fraction of the incomplete beta function, by Lentz's method as W. Thompson and
  /// A. Barnett have it (1986).
  private static double fraction(double x, double a, double b) {
    double c = 1;
    double d = 1 / away(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int m = 1; m < STEPS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      value *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      double factor = d * c;
      value *= factor;
      if (Math.abs(factor - 1) < 1e-15) {
        break;
      }
    }
    return value;
  }

  private static double away(double value) {
    return Math.abs(value) < 1e-300 ? 1e-300 : value;
  }

  static double mean(double[] values) {
    return DoubleStream.of(values).average().orElse(Double.NaN);
  }

  /// Of a sample, with n − 1.
  static double variance(double[] values) {
    double mean = mean(values);
    return DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
  }
}
