package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Pooling: ties, NaN, padding and what an average divides by.
class PoolingTest {
  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final FloatLoops LOOPS = FloatLoops.current();

  /// Windows of 2 by 2, side by side.
  private static Pool2dShape halves(int n, int c, int h, int w) {
    return new Pool2dShape(n, c, h, w, 2, 2, 2, 2, 0, 0, h / 2, w / 2, false);
  }

  @Test
  void theMaximumOfAWindowIsItsFirstLargest() {
    float[] x = {1, 5, 2, 2, 5, 0, 2, 2};
    float[] y = new float[2];
    int[] index = new int[2];
    LOOPS.maxPool2d(x, y, index, halves(1, 1, 2, 4));
    assertThat(y).containsExactly(5, 2);
    assertThat(index).containsExactly(1, 2);
  }

  @Test
  void theIndexCountsThroughTheWholeArray() {
    float[] x = {1, 2, 3, 4, 8, 7, 6, 5, 0, 0, 1, 0};
    float[] y = new float[3];
    int[] index = new int[3];
    LOOPS.maxPool2d(x, y, index, halves(1, 3, 2, 2));
    assertThat(index).containsExactly(3, 4, 10);
    LOOPS.maxPool2d(x, y, index, halves(3, 1, 2, 2));
    assertThat(index).containsExactly(3, 4, 10);
  }

  @Test
  void theFirstNaNWins() {
    float[] x = {9, NAN, NAN, 10};
    float[] y = new float[1];
    int[] index = new int[1];
    LOOPS.maxPool2d(x, y, index, halves(1, 1, 2, 2));
    assertThat(y).containsExactly(NAN);
    assertThat(index).containsExactly(1);
  }

  @Test
  void minusInfinityAloneIsStillAChoice() {
    float[] y = new float[1];
    int[] index = new int[1];
    LOOPS.maxPool2d(new float[] {-INF, -INF, -INF, -INF}, y, index, halves(1, 1, 2, 2));
    assertThat(y).containsExactly(-INF);
    assertThat(index).containsExactly(0);
  }

  @Test
  void paddingIsNeverTheMaximum() {
    Pool2dShape s = new Pool2dShape(1, 1, 2, 2, 3, 3, 1, 1, 1, 1, 2, 2, false);
    float[] y = new float[4];
    int[] index = new int[4];
    LOOPS.maxPool2d(new float[] {-1, -2, -3, -4}, y, index, s);
    assertThat(y).containsExactly(-1, -1, -1, -1);
    assertThat(index).containsExactly(0, 0, 0, 0);
  }

  static final Pool2dShape[] WINDOWS = {
    //              n  c  h   w   kh kw sh sw ph pw oh  ow
    new Pool2dShape(2, 3, 17, 20, 3, 3, 2, 2, 1, 1, 9, 10, false),
    new Pool2dShape(1, 2, 6, 70, 3, 3, 1, 1, 1, 1, 6, 70, false), // many columns
    new Pool2dShape(1, 2, 13, 33, 5, 2, 1, 1, 0, 0, 9, 32, false), // no padding
    new Pool2dShape(2, 1, 12, 64, 2, 4, 3, 3, 1, 3, 5, 23, false), // every third
    new Pool2dShape(1, 2, 3, 9, 2, 2, 1, 2, 0, 0, 2, 4, false), // two rows of windows
    new Pool2dShape(1, 1, 4, 4, 3, 3, 2, 2, 4, 4, 6, 6, false), // windows of padding
    new Pool2dShape(1, 2, 9, 9, 9, 9, 1, 1, 4, 4, 9, 9, false) // windows larger than vectors
  };

  /// Every window asked anew, in the order of its rows: the first of equals, the first NaN.
  @ParameterizedTest
  @FieldSource("WINDOWS")
  void windowsChooseAsTheDefinitionDoes(Pool2dShape s) {
    float[] x = Samples.floatsWithSpecials(s.n() * s.c() * s.h() * s.w(), 5);
    for (int i = 0; i < x.length; i += 3) {
      x[i] = i % 2 == 0 ? 0f : -0f;
    }
    // A plane in which -∞ is the largest there is.
    Arrays.fill(x, 0, s.h() * s.w() / 2, -INF);
    for (FloatLoops loops : ElementwiseLoopsTest.BACKENDS) {
      float[] y = new float[s.n() * s.c() * s.oh() * s.ow()];
      int[] index = new int[y.length];
      float[] later = Arrays.copyOfRange(x, s.h() * s.w(), x.length);
      loops.maxPool2d(later, 1, y, index, s, 1, s.n() * s.c());
      loops.maxPool2d(x, 0, y, index, s, 0, 1);
      for (int at = 0; at < y.length; at++) {
        int best = chosen(x, s, at);
        assertThat(index[at]).as("place %d", at).isEqualTo(best);
        assertThat(Float.floatToRawIntBits(y[at]))
            .isEqualTo(Float.floatToRawIntBits(best < 0 ? -INF : x[best]));
      }
    }
  }

  private static int chosen(float[] x, Pool2dShape s, int at) {
    int plane = at / (s.oh() * s.ow());
    int top = at / s.ow() % s.oh() * s.sh() - s.ph();
    int left = at % s.ow() * s.sw() - s.pw();
    int best = -1;
    for (int row = top; row < top + s.kh(); row++) {
      for (int column = left; column < left + s.kw(); column++) {
        int k = (plane * s.h() + row) * s.w() + column;
        boolean isThere = row >= 0 && row < s.h() && column >= 0 && column < s.w();
        if (isThere
            && (best < 0 || x[k] > x[best] || (Float.isNaN(x[k]) && !Float.isNaN(x[best])))) {
          best = k;
        }
      }
    }
    return best;
  }

  /// At widths that fill no vector, some, and a part of the last one; bit by bit, NaN and zeros of
  /// both signs among the numbers.
  @Test
  void windowsOfTwoByTwoChooseAsTheDefinitionDoesAndSendBackThere() {
    for (int w : new int[] {2, 3, 7, 14, 15, 16, 28, 31, 32, 33, 46, 64, 97}) {
      int oh = 4;
      int ow = w / 2;
      Pool2dShape s = halves(2, 3, 9, w);
      float[] x = Samples.floatsWithSpecials(6 * 9 * w, w);
      for (int i = 0; i < x.length; i += 3) {
        x[i] = i % 2 == 0 ? 0f : -0f;
      }
      int[] best = new int[6 * oh * ow];
      float[] largest = new float[best.length];
      // Arrays may be longer than what they hold.
      float[] g = Samples.floats(best.length + 40, 7);
      g[0] = -0f;
      float[] slopes = new float[x.length];
      for (int at = 0; at < best.length; at++) {
        int k = (at / (oh * ow) * 9 + at / ow % oh * 2) * w + at % ow * 2;
        best[at] = k;
        for (int other : new int[] {k + 1, k + w, k + w + 1}) {
          float now = x[best[at]];
          boolean takes = x[other] > now || (Float.isNaN(x[other]) && !Float.isNaN(now));
          best[at] = takes ? other : best[at];
        }
        largest[at] = x[best[at]];
        slopes[best[at]] += g[at];
      }
      for (FloatLoops loops : ElementwiseLoopsTest.BACKENDS) {
        float[] y = new float[best.length];
        int[] index = new int[best.length];
        float[] dx = new float[x.length];
        Arrays.fill(dx, NAN);
        // In two parts, as two threads would; the later one knows nothing of what is before it.
        float[] later = Arrays.copyOfRange(x, 2 * s.h() * s.w(), x.length);
        loops.maxPool2d(later, 2, y, index, s, 2, 6);
        loops.maxPool2d(x, 0, y, index, s, 0, 2);
        loops.maxPool2dInput(g, index, dx, s, 2, 6);
        loops.maxPool2dInput(g, index, dx, s, 0, 2);
        assertThat(index).as("width %d", w).isEqualTo(best);
        assertThat(bits(y)).isEqualTo(bits(largest));
        assertThat(bits(dx)).isEqualTo(bits(slopes));
      }
    }
  }

  @Test
  void slopesGoToOtherPlacesOfTheirPlaneAndNoFurther() {
    for (FloatLoops loops : ElementwiseLoopsTest.BACKENDS) {
      float[] dx = new float[128];
      int[] index = new int[32];
      index[3] = -1;
      float[] g = new float[32];
      Arrays.fill(g, 1f);
      loops.maxPool2dInput(g, index, dx, halves(1, 1, 4, 32), 0, 1);
      assertThat(dx[0]).isEqualTo(31);
      index[20] = 128;
      assertThatThrownBy(() -> loops.maxPool2dInput(g, index, dx, halves(1, 1, 4, 32), 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("maxpool2dinput needs places in their own plane, 0..127, got 128");
    }
  }

  private static int[] bits(float[] x) {
    int[] bits = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      bits[i] = Float.floatToRawIntBits(x[i]);
    }
    return bits;
  }

  @Test
  void aWindowOfPaddingOnlyChoosesNothing() {
    Pool2dShape s = new Pool2dShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, false);
    float[] y = new float[9];
    int[] index = new int[9];
    LOOPS.maxPool2d(new float[] {7}, y, index, s);
    assertThat(y).containsExactly(-INF, -INF, -INF, -INF, 7, -INF, -INF, -INF, -INF);
    assertThat(index).containsExactly(-1, -1, -1, -1, 0, -1, -1, -1, -1);
    average(new float[] {7}, y, s);
    assertThat(y).containsExactly(0, 0, 0, 0, 7, 0, 0, 0, 0);
  }

  @Test
  void anAverageDividesByWhatItIsToldTo() {
    float[] x = {4, 8, 12, 16};
    float[] y = new float[4];
    average(x, y, new Pool2dShape(1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 2, 2, false));
    assertThat(y).containsExactly(4, 8, 12, 16);
    average(x, y, new Pool2dShape(1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 2, 2, true));
    assertThat(y).containsExactly(1, 2, 3, 4);
  }

  private static void average(float[] x, float[] y, Pool2dShape s) {
    LOOPS.avgPool2d(s).run(x, x, y);
  }

  /// With one chain for each window, in vectors or not, and the slopes of all that meet an element.
  @ParameterizedTest
  @FieldSource("WINDOWS")
  void averagesAreThoseOfTheDefinition(Pool2dShape s) {
    float[] x = Samples.floats(s.n() * s.c() * s.h() * s.w(), 5);
    float[] g = Samples.floats(s.n() * s.c() * s.oh() * s.ow(), 6);
    double[] slopes = new double[x.length];
    float[] wanted = new float[g.length];
    for (int at = 0; at < g.length; at++) {
      int plane = at / (s.oh() * s.ow());
      int top = at / s.ow() % s.oh() * s.sh() - s.ph();
      int left = at % s.ow() * s.sw() - s.pw();
      List<Integer> seen = new ArrayList<>();
      for (int row = Math.max(0, top); row < Math.min(s.h(), top + s.kh()); row++) {
        for (int column = Math.max(0, left); column < Math.min(s.w(), left + s.kw()); column++) {
          seen.add((plane * s.h() + row) * s.w() + column);
        }
      }
      float sum = 0;
      for (int k : seen) {
        sum += x[k];
        slopes[k] += (double) g[at] / seen.size();
      }
      wanted[at] = sum / Math.max(1, seen.size());
    }
    float[] before = null;
    for (FloatLoops loops : ElementwiseLoopsTest.BACKENDS) {
      float[] y = new float[g.length];
      float[] dx = new float[x.length];
      loops.avgPool2d(s).run(x, x, y);
      loops.avgPool2dInput(s).run(g, g, dx);
      assertThat(y).containsExactly(wanted);
      assertThat(dx).as("the bits of both backends").isEqualTo(before == null ? dx : before);
      before = dx;
      for (int k = 0; k < dx.length; k++) {
        assertThat((double) dx[k]).as("slope %d", k).isCloseTo(slopes[k], within(1e-5));
      }
    }
  }

  @Test
  void theTransposeOfAnAverageSatisfiesTheAdjointIdentity() {
    for (boolean countPadding : new boolean[] {false, true}) {
      Pool2dShape s = new Pool2dShape(2, 3, 7, 8, 3, 2, 2, 1, 1, 1, 4, 9, countPadding);
      double[] x = Samples.doubles(2 * 3 * 7 * 8, 1);
      double[] g = Samples.doubles(2 * 3 * 4 * 9, 2);
      double[] y = new double[g.length];
      double[] dx = new double[x.length];
      DoubleLoops loops = DoubleLoops.current();
      loops.avgPool2d(s).run(x, x, y);
      loops.avgPool2dInput(s).run(g, g, dx);
      assertThat(loops.dot(x, 0, dx, 0, x.length))
          .isCloseTo(loops.dot(y, 0, g, 0, y.length), within(1e-11));
    }
  }
}
