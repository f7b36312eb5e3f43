package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// Beside numbers of SciPy 1.16: `2 * stats.t.sf(t, freedom)` and `stats.ttest_ind(a, b,
/// equal_var=False)`.
class StudentTTest {
  private static void tails(double t, double freedom, double scipy) {
    assertThat(StudentT.tails(t, freedom)).isCloseTo(scipy, Percentage.withPercentage(1e-9));
    assertThat(StudentT.tails(-t, freedom)).isCloseTo(scipy, Percentage.withPercentage(1e-9));
  }

  @Test
  void tailsAreThoseOfSciPy() {
    tails(0.5, 3.2, 0.6494501780131947);
    tails(2, 1, 0.2951672353008665);
    tails(2.5, 30, 0.01811564906806669);
    tails(10, 12.5, 2.527503863467517e-07);
    tails(1e-3, 5, 0.9992407867721976);
    tails(40, 8, 1.6785718879145792e-10);
  }

  @Test
  void ofMuchFreedomTailsAreThoseOfTheNormalDistribution() {
    assertThat(StudentT.tails(1.96, 1e6)).isCloseTo(0.04999606758526985, within(1e-10));
  }

  @Test
  void welchsTestIsThatOfSciPy() {
    double[] a = {0.1, 0.5, 0.9, 0.4, 0.7};
    double[] b = {0.2, 0.3, 0.1, 0.25};
    assertThat(StudentT.welch(a, b)).isCloseTo(0.08558913077997884, within(1e-12));
    assertThat(StudentT.welch(b, a)).isCloseTo(0.08558913077997884, within(1e-12));
  }

  @Test
  void samplesWithoutVarianceAreApartOrNot() {
    double[] ones = {1, 1, 1};
    assertThat(StudentT.welch(ones, new double[] {1, 1})).isEqualTo(1);
    assertThat(StudentT.welch(ones, new double[] {0, 0})).isZero();
    assertThat(StudentT.welch(ones, new double[] {0, 1, 0, 1})).isBetween(1e-6, 0.3);
  }
}
