package dev.backlight.core.kernel;

import java.util.Arrays;

/// The 2-D convolution and its two transposes, straight from the definition:
///
///     y[b, o, i, j] = Σ w[o, c, u, v] · x[b, c, i·sh + u·dh − ph, j·sw + v·dw − pw]
///
/// A transpose visits the same terms and lets the other two factors of each meet.
final class FloatScalarConv2d {
  private FloatScalarConv2d() {}

  static void forward(float[] x, float[] w, float[] y, Conv2dShape s) {
    visit(Target.OUTPUT, x, w, y, s);
  }

  static void input(float[] g, float[] w, float[] dx, Conv2dShape s) {
    Arrays.fill(dx, 0, s.n() * s.c() * s.h() * s.w(), 0f);
    visit(Target.INPUT, dx, w, g, s);
  }

  static void weight(float[] x, float[] g, float[] dw, Conv2dShape s) {
    Arrays.fill(dw, 0, s.o() * s.taps(), 0f);
    visit(Target.WEIGHT, x, dw, g, s);
  }

  /// Which of the three arrays is written.
  private enum Target {
    OUTPUT,
    INPUT,
    WEIGHT
  }

  private static void visit(Target target, float[] x, float[] w, float[] y, Conv2dShape s) {
    for (int b = 0; b < s.n(); b++) {
      for (int o = 0; o < s.o(); o++) {
        int firstPlane = b * s.c() + o / s.filters() * s.channels();
        for (int i = 0; i < s.oh(); i++) {
          for (int j = 0; j < s.ow(); j++) {
            int yi = ((b * s.o() + o) * s.oh() + i) * s.ow() + j;
            window(target, x, w, y, yi, firstPlane, o, i * s.sh() - s.ph(), j * s.sw() - s.pw(), s);
          }
        }
      }
    }
  }

  /// The terms of one output element, whose window begins at `top, left` of the image.
  private static void window(
      Target target, float[] x, float[] w, float[] y, int yi, int firstPlane, int o, int top, int left, Conv2dShape s) {
    float sum = 0f;
    for (int c = 0; c < s.channels(); c++) {
      for (int u = 0; u < s.kh(); u++) {
        int row = top + u * s.dh();
        if (row < 0 || row >= s.h()) {
          continue;
        }
        for (int v = 0; v < s.kw(); v++) {
          int column = left + v * s.dw();
          if (column < 0 || column >= s.w()) {
            continue;
          }
          int xi = ((firstPlane + c) * s.h() + row) * s.w() + column;
          int wi = ((o * s.channels() + c) * s.kh() + u) * s.kw() + v;
          switch (target) {
            case OUTPUT -> sum = Math.fma(w[wi], x[xi], sum);
            case INPUT -> x[xi] = Math.fma(w[wi], y[yi], x[xi]);
            case WEIGHT -> w[wi] = Math.fma(x[xi], y[yi], w[wi]);
          }
        }
      }
    }
    if (target == Target.OUTPUT) {
      y[yi] = sum;
    }
  }
}
