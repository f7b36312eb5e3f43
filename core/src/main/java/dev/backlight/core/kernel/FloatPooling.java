package dev.backlight.core.kernel;

import java.util.Arrays;

/// Pooling of planes by windows; plain Java for both backends, since windows are too small for
/// lanes.
final class FloatPooling {
  private FloatPooling() {}

  /// Planes `from … to`.
  static void max(float[] x, float[] y, int[] index, Pool2dShape s, int from, int to) {
    int at = from * s.oh() * s.ow();
    for (int plane = from; plane < to; plane++) {
      for (int i = 0; i < s.oh(); i++) {
        if (s.isTwoByTwo()) {
          pairs(x, (plane * s.h() + 2 * i) * s.w(), s.w(), y, index, at, s.ow());
          at += s.ow();
          continue;
        }
        int top = Math.max(0, i * s.sh() - s.ph());
        int bottom = Math.min(s.h(), i * s.sh() - s.ph() + s.kh());
        for (int j = 0; j < s.ow(); j++, at++) {
          int left = Math.max(0, j * s.sw() - s.pw());
          int right = Math.min(s.w(), j * s.sw() - s.pw() + s.kw());
          float best = Float.NEGATIVE_INFINITY;
          int place = -1;
          for (int row = top; row < bottom; row++) {
            int end = (plane * s.h() + row) * s.w() + right;
            for (int k = end - right + left; k < end; k++) {
              float v = x[k];
              // A NaN beats what is not one and is beaten by nothing.
              if (place < 0 || v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
                best = v;
                place = k;
              }
            }
          }
          y[at] = best;
          index[at] = place;
        }
      }
    }
  }

  /// A row of windows of two by two elements side by side, whose upper left one is at `x[top]`. The
  /// choices are moves, not branches, which nobody could predict: 1 instead of 5 ns an element.
  private static void pairs(
      float[] x, int top, int width, float[] y, int[] index, int at, int count) {
    for (int j = 0; j < count; j++) {
      int k = top + 2 * j;
      int upper = larger(x[k], x[k + 1]) ? k + 1 : k;
      int lower = larger(x[k + width], x[k + width + 1]) ? k + width + 1 : k + width;
      int best = larger(x[upper], x[lower]) ? lower : upper;
      y[at + j] = x[best];
      index[at + j] = best;
    }
  }

  /// Whether b takes the place of a: a NaN beats what is not one and is beaten by nothing.
  private static boolean larger(float a, float b) {
    return b > a | (Float.isNaN(b) & !Float.isNaN(a));
  }

  static void average(float[] x, float[] y, Pool2dShape s) {
    int at = 0;
    for (int plane = 0; plane < s.n() * s.c(); plane++) {
      for (int i = 0; i < s.oh(); i++) {
        int top = Math.max(0, i * s.sh() - s.ph());
        int bottom = Math.min(s.h(), i * s.sh() - s.ph() + s.kh());
        for (int j = 0; j < s.ow(); j++, at++) {
          int left = Math.max(0, j * s.sw() - s.pw());
          int right = Math.min(s.w(), j * s.sw() - s.pw() + s.kw());
          float sum = 0f;
          for (int row = top; row < bottom; row++) {
            int end = (plane * s.h() + row) * s.w() + right;
            for (int k = end - right + left; k < end; k++) {
              sum += x[k];
            }
          }
          y[at] = sum / count(i, j, s);
        }
      }
    }
  }

  static void averageInput(float[] g, float[] dx, Pool2dShape s) {
    Arrays.fill(dx, 0, s.n() * s.c() * s.h() * s.w(), 0f);
    int at = 0;
    for (int plane = 0; plane < s.n() * s.c(); plane++) {
      for (int i = 0; i < s.oh(); i++) {
        int top = Math.max(0, i * s.sh() - s.ph());
        int bottom = Math.min(s.h(), i * s.sh() - s.ph() + s.kh());
        for (int j = 0; j < s.ow(); j++, at++) {
          int left = Math.max(0, j * s.sw() - s.pw());
          int right = Math.min(s.w(), j * s.sw() - s.pw() + s.kw());
          float share = g[at] / count(i, j, s);
          for (int row = top; row < bottom; row++) {
            int end = (plane * s.h() + row) * s.w() + right;
            for (int k = end - right + left; k < end; k++) {
              dx[k] += share;
            }
          }
        }
      }
    }
  }

  /// What the average of window (i, j) divides by; 1 for a window of padding only, whose sum is 0.
  private static int count(int i, int j, Pool2dShape s) {
    int top = i * s.sh() - s.ph();
    int left = j * s.sw() - s.pw();
    int rows = covered(top, s.kh(), s.h(), s.countPadding() ? s.ph() : 0);
    int columns = covered(left, s.kw(), s.w(), s.countPadding() ? s.pw() : 0);
    return Math.max(1, rows * columns);
  }

  /// How much of a window lies within the image and `pad` around it.
  private static int covered(int from, int kernel, int size, int pad) {
    return Math.max(0, Math.min(from + kernel, size + pad) - Math.max(from, -pad));
  }
}
