package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;

class ErfTest {
  private static final MathContext DIGITS = new MathContext(60);
  private static final BigDecimal ROOT_PI =
      new BigDecimal("3.14159265358979323846264338327950288419716939937510582097494459")
          .sqrt(DIGITS);

  private final Erf erf = new Erf();

  @Test
  void itIsRightToTheLastDigitOrTwo() {
    for (int i = 0; i <= 1300; i++) {
      double x = i * 0.0047;
      double expected = slowly(x);
      assertThat(erf.f(x)).as("erf(%s)", x).isCloseTo(expected, within(3.4e-16));
      assertThat(erf.f(-x)).isEqualTo(-erf.f(x));
    }
  }

  @Test
  void smallNumbersKeepTheirRelativePrecision() {
    for (double x : new double[] {0.06, 1e-3, 1e-8, 1e-150, 1e-300}) {
      double expected = slowly(x);
      assertThat(erf.f(x)).as("erf(%s)", x).isCloseTo(expected, within(3.4e-16 * expected));
    }
    assertThat(erf.f(0)).isEqualTo(0.0);
    assertThat(erf.f(-0.0)).isEqualTo(-0.0);
  }

  @Test
  void farOutItIsOneAndNaNStaysNaN() {
    assertThat(erf.f(6)).isEqualTo(1);
    assertThat(erf.f(Math.nextDown(6.0))).isEqualTo(1);
    assertThat(erf.f(-1e300)).isEqualTo(-1);
    assertThat(erf.f(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(erf.f(Double.NaN)).isNaN();
  }

  @Test
  void itNeverDecreasesAcrossTheSeamsOfItsPolynomials() {
    for (int node = 0; node < 48; node++) {
      double seam = (node + 0.5) / 8;
      double before = erf.f(seam - 1e-13);
      assertThat(erf.f(seam)).as("erf(%s)", seam).isBetween(before - 3.4e-16, before + 2e-13);
    }
  }

  /// The Maclaurin series, in sixty digits.
  private static double slowly(double x) {
    BigDecimal exact = new BigDecimal(x);
    BigDecimal square = exact.multiply(exact, DIGITS);
    BigDecimal power = exact;
    BigDecimal sum = exact;
    for (int n = 1; power.abs().compareTo(exact.scaleByPowerOfTen(-40)) > 0; n++) {
      power = power.multiply(square, DIGITS).divide(BigDecimal.valueOf(-n), DIGITS);
      sum = sum.add(power.divide(BigDecimal.valueOf(2 * n + 1), DIGITS), DIGITS);
    }
    return sum.multiply(BigDecimal.TWO).divide(ROOT_PI, DIGITS).doubleValue();
  }
}
