package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardizeLoopsTest {
  /// Mean 0 and variance 1 against sums in doubles: beside a large mean, near both ends of the
  /// range, and for runs too short for the loops of sums.
  @ParameterizedTest
  @CsvSource({
    "500, 1, 0, 1",
    "500, 1, 10000, 1",
    "33, 4, -3, 0.01",
    "7, 5, 2, 1",
    "100, 2, 0, 1e25",
    "100, 2, 0, 1e-25",
    "64, 1, 1e30, 1e28"
  })
  void agreesWithSumsInDoubles(int length, int count, float mean, float spread) {
    Random random = new Random(1);
    int[] runs = new int[count];
    for (int r = 0; r < count; r++) {
      runs[r] = r * (length + 3);
    }
    float[] x = new float[count * (length + 3) + 2];
    for (int i = 0; i < x.length; i++) {
      x[i] = mean + spread * (float) random.nextGaussian();
    }
    float[] y = new float[x.length];
    int n = length * count;

    double scale = FloatStandardize.group(x, 2, runs, length, n, 0, y);

    double sum = 0;
    for (int run : runs) {
      for (int i = 0; i < length; i++) {
        sum += x[2 + run + i];
      }
    }
    double squares = 0;
    for (int run : runs) {
      for (int i = 0; i < length; i++) {
        squares += Math.pow(x[2 + run + i] - sum / n, 2);
      }
    }
    double want = 1 / Math.sqrt(squares / n);
    assertThat(scale / want).isCloseTo(1, within(1e-6));
    for (int run : runs) {
      for (int i = 0; i < length; i++) {
        double exact = (x[2 + run + i] - sum / n) * want;
        assertThat((double) y[2 + run + i]).isCloseTo(exact, within(2e-6 * (1 + Math.abs(exact))));
      }
    }
    assertThat(y[0]).isZero();
    assertThat(y[2 + length]).isZero();
  }

  @Test
  void equalElementsBecomeZeros() {
    float[] x = new float[40];
    Arrays.fill(x, 0.1f);
    float[] y = new float[40];
    double scale = FloatStandardize.group(x, 0, new int[] {0}, 40, 40, 1e-5, y);
    assertThat(scale).isCloseTo(1 / Math.sqrt(1e-5), within(1e-9));
    for (float v : y) {
      assertThat(v).isCloseTo(0f, within(1e-5f));
    }
  }

  @Test
  void aNanIsEverywhere() {
    float[] x = new float[40];
    x[17] = Float.NaN;
    float[] y = new float[40];
    assertThat(FloatStandardize.group(x, 0, new int[] {0}, 40, 40, 1e-5, y)).isNaN();
    for (float v : y) {
      assertThat(v).isNaN();
    }
  }
}
