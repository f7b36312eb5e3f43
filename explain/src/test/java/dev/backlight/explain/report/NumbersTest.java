package dev.backlight.explain.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | 0
          -0.0 | 0
          12 | 12
          1821 | 1821
          -20570 | −20,570
          0.023149 | 0.02315
          -1.47310 | −1.473
          12345.678 | 12,350
          1.2e-7 | 1.2e−7
          -3.14159e12 | −3.142e12
          0.99999 | 1
          NaN | not a number
          -Infinity | −∞
          """)
  void peopleReadFourDigitsAndAProperMinus(double value, String text) {
    assertThat(Numbers.plain(value)).isEqualTo(text);
  }

  @Test
  void aPlusStandsOnlyBeforeWhatIsPositive() {
    assertThat(Numbers.signed(0.5)).isEqualTo("+0.5");
    assertThat(Numbers.signed(0)).isEqualTo("0");
    assertThat(Numbers.signed(Double.NaN)).isEqualTo("not a number");
  }

  @ParameterizedTest
  @CsvSource({"0.125, 0.13", "-3.999, -4", "1e-9, 0", "-0.001, 0", "12.5, 12.5", "7.04, 7.04"})
  void coordinatesAreShortAndAscii(double value, String text) {
    assertThat(Numbers.coordinate(value)).isEqualTo(text);
  }

  @Test
  void aRoundedZeroHasNoSign() {
    assertThat(Numbers.fixed(-0.001, 2)).isEqualTo("0.00");
    assertThat(Numbers.fixed(-1234.5, 1)).isEqualTo("−1,234.5");
  }

  @Test
  void ticksAreRoundAndShareTheirDecimals() {
    assertThat(Ticks.between(-0.31, 1.27, 4).labels()).containsExactly("0.0", "0.5", "1.0");
    assertThat(Ticks.between(0, 64, 4).labels()).containsExactly("0", "20", "40", "60");
    assertThat(Ticks.between(0, 3e-7, 3).labels()).containsExactly("0", "1e−7", "2e−7", "3e−7");
  }

  @Test
  void ticksSurviveTheLargestDoubles() {
    assertThat(Ticks.between(-Double.MAX_VALUE, Double.MAX_VALUE, 4).labels()).isNotEmpty();
    assertThat(Ticks.between(5, 5, 4).labels()).containsExactly("5");
  }
}
