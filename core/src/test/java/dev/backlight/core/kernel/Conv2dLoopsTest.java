package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// The convolution and its transposes, asked of their definition in doubles.
class Conv2dLoopsTest {
  static final Conv2dShape[] SHAPES = {
    //              n  c  h   w   o  kh kw sh sw ph pw dh dw g  oh  ow
    new Conv2dShape(2, 3, 8, 9, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 8, 9), // same size
    new Conv2dShape(1, 1, 5, 5, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 5, 5), // one tap
    new Conv2dShape(2, 5, 6, 7, 9, 1, 1, 1, 1, 0, 0, 1, 1, 1, 6, 7), // pointwise
    new Conv2dShape(
        2, 4, 6, 7, 6, 1, 1, 2, 2, 0, 0, 1, 1, 2, 3, 4), // pointwise with strides and groups
    new Conv2dShape(2, 2, 11, 10, 3, 3, 2, 2, 3, 1, 0, 1, 1, 1, 6, 3), // strides
    new Conv2dShape(1, 2, 12, 13, 3, 3, 3, 1, 1, 2, 2, 2, 2, 1, 12, 13), // dilation
    new Conv2dShape(2, 2, 12, 13, 4, 3, 2, 2, 1, 1, 2, 3, 2, 2, 4, 15), // all of it
    new Conv2dShape(2, 6, 7, 7, 6, 3, 3, 1, 1, 1, 1, 1, 1, 6, 7, 7), // depthwise
    new Conv2dShape(1, 4, 7, 7, 8, 3, 3, 2, 2, 1, 1, 1, 1, 4, 4, 4), // two filters a channel
    new Conv2dShape(2, 6, 33, 37, 6, 3, 3, 2, 2, 1, 1, 1, 1, 6, 17, 19), // rows wider than vectors
    new Conv2dShape(1, 2, 270, 300, 2, 5, 5, 1, 1, 2, 2, 1, 1, 2, 270, 300), // bands of planes
    new Conv2dShape(2, 4, 20, 40, 4, 3, 3, 3, 3, 0, 1, 1, 1, 2, 6, 14), // every third, of pairs
    new Conv2dShape(2, 3, 9, 40, 3, 3, 3, 1, 1, 0, 0, 2, 3, 3, 5, 30), // depthwise, cropped
    new Conv2dShape(
        1, 2, 3, 3, 2, 5, 5, 1, 1, 4, 4, 1, 1, 1, 7, 7), // windows larger than the image
    new Conv2dShape(
        1, 1, 2, 2, 1, 2, 2, 1, 1, 5, 5, 1, 1, 1, 11, 11), // windows in the padding only
    new Conv2dShape(1, 3, 4, 20, 2, 1, 7, 1, 1, 0, 3, 1, 1, 1, 4, 20), // rows
    new Conv2dShape(1, 16, 60, 60, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 60, 60), // several column matrices
    new Conv2dShape(
        3, 2, 6, 6, 2, 3, 3, 1, 1, 0, 1, 1, 1, 1, 5, 7), // more padding below and to the right
    new Conv2dShape(2, 17, 9, 11, 21, 3, 3, 1, 1, 1, 1, 1, 1, 1, 9, 11), // Winograd, odd sizes
    new Conv2dShape(9, 32, 14, 14, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 14, 14), // several images at once
    new Conv2dShape(1, 16, 64, 61, 33, 3, 3, 1, 1, 0, 2, 1, 1, 1, 62, 63), // bands of tiles
    new Conv2dShape(2, 272, 5, 6, 16, 3, 3, 1, 1, 2, 0, 1, 1, 1, 7, 4), // two blocks of channels
    new Conv2dShape(2, 1, 28, 28, 26, 3, 3, 1, 1, 1, 1, 1, 1, 1, 28, 28), // a first layer
    new Conv2dShape(2, 3, 20, 31, 15, 3, 3, 1, 1, 2, 0, 1, 1, 1, 22, 29), // of three colours
    new Conv2dShape(2, 4, 30, 300, 6, 3, 3, 1, 1, 1, 1, 1, 1, 2, 30, 300), // bands of wide rows
    new Conv2dShape(2, 1, 40, 30, 8, 3, 7, 1, 1, 0, 0, 1, 3, 1, 38, 12), // rows shorter than a tile
    new Conv2dShape(2, 1, 42, 15, 24, 3, 3, 1, 1, 0, 0, 1, 1, 1, 40, 13), // of a narrow image
    new Conv2dShape(0, 2, 6, 6, 2, 3, 3, 1, 1, 0, 0, 1, 1, 1, 4, 4) // no image
  };

  @ParameterizedTest
  @FieldSource("SHAPES")
  void allThreeAreTheDoubleOnesRounded(Conv2dShape s) {
    float[] x = Samples.floats(s.n() * s.c() * s.h() * s.w(), 1);
    float[] w = Samples.floats(s.o() * s.taps(), 2);
    float[] g = Samples.floats(s.n() * s.o() * s.oh() * s.ow(), 3);
    double[] dx64 = MatMulLoopsTest.doubles(x);
    double[] dw64 = MatMulLoopsTest.doubles(w);
    double[] dg64 = MatMulLoopsTest.doubles(g);
    float[][] before = null;
    for (FloatLoops loops : ElementwiseLoopsTest.BACKENDS) {
      float[] y = full(g.length);
      float[] dx = full(x.length);
      float[] dw = full(w.length);
      loops.conv2d(s).run(x, w, y);
      loops.conv2dInput(s).run(g, w, dx);
      loops.conv2dWeight(s).run(x, g, dw);
      assertClose(y, DirectConv2d.forward(dx64, dw64, s), bound(s, s.oh(), s.ow()));
      assertClose(dx, DirectConv2d.input(dg64, dw64, s), bound(s, s.h(), s.w()));
      assertClose(dw, DirectConv2d.weight(dx64, dg64, s), bound(s, s.oh(), s.ow()));
      if (before != null) {
        assertThat(new float[][] {y, dx, dw}).as("the bits of both backends").isDeepEqualTo(before);
      }
      before = new float[][] {y, dx, dw};
    }
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void partsThatAreHandedOverMakeTheWholeResult(Conv2dShape s) {
    float[] x = Samples.floats(s.n() * s.c() * s.h() * s.w(), 1);
    float[] w = Samples.floats(s.o() * s.taps(), 2);
    float[] g = Samples.floats(s.n() * s.o() * s.oh() * s.ow(), 3);
    for (FloatLoops loops : ElementwiseLoopsTest.BACKENDS) {
      assertPartsMakeTheWhole(loops.conv2d(s), x, w, full(g.length), s.oh() * s.ow());
      assertPartsMakeTheWhole(loops.conv2dInput(s), g, w, full(x.length), s.h() * s.w());
    }
  }

  private static void assertPartsMakeTheWhole(
      FloatConvolution convolution, float[] x, float[] w, float[] whole, int plane) {
    int part = convolution.part();
    if (part == 0) {
      return;
    }
    assertThat(part).isLessThanOrEqualTo(plane);
    convolution.run(x, w, whole);
    float[] made = full(whole.length);
    int[] times = new int[whole.length];
    convolution.run(
        x,
        w,
        (first, count, begin, end, z, at, apart, worker) -> {
          assertThat(end - begin).isGreaterThanOrEqualTo(part);
          for (int p = 0; p < count; p++) {
            int to = (first + p) * plane + begin;
            System.arraycopy(z, at + p * apart, made, to, end - begin);
            for (int i = to; i < to + end - begin; i++) {
              times[i]++;
            }
          }
        });
    assertThat(made).containsExactly(whole);
    assertThat(Arrays.stream(times).boxed()).allMatch(n -> n == 1);
  }

  @ParameterizedTest
  @FieldSource("SHAPES")
  void theTransposesSatisfyTheAdjointIdentity(Conv2dShape s) {
    double[] x = Samples.doubles(s.n() * s.c() * s.h() * s.w(), 1);
    double[] w = Samples.doubles(s.o() * s.taps(), 2);
    double[] g = Samples.doubles(s.n() * s.o() * s.oh() * s.ow(), 3);
    double[] y = new double[g.length];
    double[] dx = new double[x.length];
    double[] dw = new double[w.length];
    DoubleLoops loops = new DoubleVectorLoops(true);
    loops.conv2d(s).run(x, w, y);
    loops.conv2dInput(s).run(g, w, dx);
    loops.conv2dWeight(s).run(x, g, dw);
    double yg = loops.dot(y, 0, g, 0, y.length);
    double tolerance = 1e-10 * (1 + y.length);
    assertThat(loops.dot(x, 0, dx, 0, x.length)).isCloseTo(yg, within(tolerance));
    assertThat(loops.dot(w, 0, dw, 0, w.length)).isCloseTo(yg, within(tolerance));
  }

  /// Directly, and Winograd's way.
  @ParameterizedTest
  @CsvSource({"5, 7", "20, 40"})
  void anImageDoesNotDependOnItsBatch(int c, int o) {
    Conv2dShape three = new Conv2dShape(3, c, 13, 13, o, 3, 3, 1, 1, 1, 1, 1, 1, 1, 13, 13);
    Conv2dShape one = new Conv2dShape(1, c, 13, 13, o, 3, 3, 1, 1, 1, 1, 1, 1, 1, 13, 13);
    float[] x = Samples.floats(3 * c * 169, 1);
    float[] w = Samples.floats(o * c * 9, 2);
    float[] g = Samples.floats(3 * o * 169, 3);
    float[] second = Arrays.copyOfRange(x, c * 169, 2 * c * 169);
    float[] secondSlopes = Arrays.copyOfRange(g, o * 169, 2 * o * 169);
    float[] y = new float[3 * o * 169];
    float[] dx = new float[3 * c * 169];
    float[] alone = new float[o * 169];
    float[] slopesAlone = new float[c * 169];
    FloatLoops loops = new FloatVectorLoops(true);
    loops.conv2d(three).run(x, w, y);
    loops.conv2d(one).run(second, w, alone);
    loops.conv2dInput(three).run(g, w, dx);
    loops.conv2dInput(one).run(secondSlopes, w, slopesAlone);
    assertThat(alone).containsExactly(Arrays.copyOfRange(y, o * 169, 2 * o * 169));
    assertThat(slopesAlone).containsExactly(Arrays.copyOfRange(dx, c * 169, 2 * c * 169));
  }

  /// The transforms meet numbers that are not in the window, so an infinity spreads over its tile,
  /// but no further.
  @Test
  void whatIsNotFiniteStaysWithinSixElements() {
    Conv2dShape s = new Conv2dShape(1, 16, 24, 24, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 24, 24);
    float[] x = Samples.floats(16 * 576, 1);
    x[12 * 24 + 13] = Float.NaN;
    float[] y = new float[16 * 576];
    new FloatVectorLoops(true).conv2d(s).run(x, Samples.floats(16 * 16 * 9, 2), y);
    for (int i = 0; i < y.length; i++) {
      int down = Math.abs(i % 576 / 24 - 12);
      int right = Math.abs(i % 24 - 13);
      if (down <= 1 && right <= 1) {
        assertThat(y[i]).as("element %d", i).isNaN();
      } else if (down > 5 || right > 5) {
        assertThat(y[i]).as("element %d", i).isFinite();
      }
    }
  }

  private static float[] full(int n) {
    float[] x = new float[n];
    Arrays.fill(x, Float.NaN);
    return x;
  }

  /// The largest error, of the largest element: what the page on Winograd's convolution promises.
  private static double bound(Conv2dShape s, int h, int w) {
    return WinogradF32.fits(s, h, w) ? 1e-5 : 2e-6;
  }

  private static void assertClose(float[] actual, double[] expected, double bound) {
    double largest = 1;
    for (double e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within(bound * largest));
    }
  }
}
