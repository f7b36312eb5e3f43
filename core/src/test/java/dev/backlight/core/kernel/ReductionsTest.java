package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Sums, extremes, softmax and log-sum-exp, asked of plain sums in doubles and of the table of
/// conventions.
class ReductionsTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final FloatLoops[] BACKENDS = ElementwiseLoopsTest.BACKENDS;

  @Test
  void sumsAndDotsAreTheDoubleOnesRounded() {
    for (FloatLoops loops : BACKENDS) {
      for (int n : Samples.SIZES) {
        float[] x = Samples.floats(n + 5, 1);
        float[] y = Samples.floats(n + 5, 2);
        double sum = 0;
        double dot = 0;
        for (int i = 0; i < n; i++) {
          sum += x[3 + i];
          dot += (double) x[3 + i] * y[i];
        }
        assertThat((double) loops.sum(x, 3, n))
            .as("sum of %d", n)
            .isCloseTo(sum, within(1e-7 * n + 1e-12));
        assertThat((double) loops.dot(x, 3, y, 0, n))
            .as("dot of %d", n)
            .isCloseTo(dot, within(1e-6 * n + 1e-12));
      }
    }
  }

  @Test
  void aLongSumStaysAccurate() {
    int n = 10_000_000;
    float[] x = new float[n];
    Arrays.fill(x, 0.1f);
    // One accumulator alone ends at 1,087,937, many without chunks at 1,001,498.
    assertThat(FloatLoops.current().sum(x, 0, n)).isCloseTo(1_000_000f, within(2f));
  }

  @Test
  void theMaximumIsMaths() {
    for (FloatLoops loops : BACKENDS) {
      for (int n : Samples.SIZES) {
        for (int at = 0; at < n; at += 1 + n / 7) {
          float[] x = Samples.floats(n, 1);
          x[at] = 5f;
          assertThat(loops.max(x, 0, n)).isEqualTo(5f);
          x[at] = NAN;
          assertThat(loops.max(x, 0, n)).isNaN();
        }
      }
      assertThat(loops.max(new float[0], 0, 0)).isEqualTo(-INF);
      assertThat(loops.max(new float[] {-0f, 0f, -0f}, 0, 3)).isEqualTo(0f);
    }
  }

  @Test
  void rowsAndColumnsSumUp() {
    for (FloatLoops loops : BACKENDS) {
      float[] x = {1, 2, 3, 4, 5, 6};
      float[] out = {9, 9, 9, 9};
      loops.sumRows(x, 2, 3, out);
      assertThat(out).containsExactly(6, 15, 9, 9);
      loops.sumColumns(x, 2, 3, out);
      assertThat(out).containsExactly(5, 7, 9, 9);
      loops.sumColumns(x, 0, 3, out);
      assertThat(out).containsExactly(0, 0, 0, 9);
      loops.sumRows(x, 2, 0, out);
      assertThat(out).containsExactly(0, 0, 0, 9);
      loops.sumAround(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2, 3, 2, 1, 3, out);
      assertThat(out).containsExactly(0, 3 + 4 + 9 + 10, 5 + 6 + 11 + 12, 9);
    }
  }

  @Test
  void softmaxIsTheDoubleOneRounded() {
    for (FloatLoops loops : BACKENDS) {
      for (int cols : new int[] {1, 3, 10, 31, 32, 100, 1000}) {
        float[] x = Samples.floats(3 * cols, 1);
        for (int i = 0; i < cols; i++) {
          x[cols + i] += 1000;
        }
        float[] y = new float[3 * cols];
        float[] lse = new float[3];
        loops.softmaxRows(x, 3, cols, y);
        loops.logSumExpRows(x, 3, cols, lse);
        for (int r = 0; r < 3; r++) {
          double sum = 0;
          for (int c = 0; c < cols; c++) {
            sum += Math.exp((double) x[r * cols + c] - (r == 1 ? 1000 : 0));
          }
          for (int c = 0; c < cols; c++) {
            double truth = Math.exp((double) x[r * cols + c] - (r == 1 ? 1000 : 0)) / sum;
            assertThat((double) y[r * cols + c]).isCloseTo(truth, within(1e-6 * truth));
          }
          double truth = Math.log(sum) + (r == 1 ? 1000 : 0);
          assertThat((double) lse[r]).isCloseTo(truth, within(1e-6 * Math.max(1, truth)));
        }
        loops.softmaxRows(x, 3, cols, x);
        assertThat(x).containsExactly(y);
      }
    }
  }

  @Test
  void rowsWithoutAFiniteMaximumFollowTheConventions() {
    for (FloatLoops loops : BACKENDS) {
      for (int cols : new int[] {2, 40}) {
        assertRow(loops, cols, -INF, -INF, NAN, -INF);
        assertRow(loops, cols, INF, 1f, NAN, INF);
        assertRow(loops, cols, NAN, 1f, NAN, NAN);
        assertRow(loops, cols, NAN, INF, NAN, NAN);
        assertRow(loops, cols, NAN, -INF, NAN, NAN);
        assertRow(loops, cols, 1f, -INF, 0f, 1f);
      }
      float[] out = {9};
      loops.logSumExpRows(new float[0], 1, 0, out);
      assertThat(out).containsExactly(-INF);
    }
  }

  /// A row of `first` and then `others`: the last element of its softmax, and its log-sum-exp.
  private static void assertRow(
      FloatLoops loops, int cols, float first, float others, float last, float lse) {
    float[] x = new float[cols];
    Arrays.fill(x, others);
    x[0] = first;
    float[] y = new float[cols];
    float[] out = new float[1];
    loops.softmaxRows(x, 1, cols, y);
    loops.logSumExpRows(x, 1, cols, out);
    assertThat(y[cols - 1]).as("softmax of %s and %s", first, others).isEqualTo((Float) last);
    assertThat(out[0]).as("logSumExp of %s and %s", first, others).isEqualTo((Float) lse);
  }
}
