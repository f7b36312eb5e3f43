package dev.backlight.core.kernel;

import java.util.Arrays;

/// Pooling of planes by windows in plain Java.
final class FloatPooling {
  private FloatPooling() {}

  /// Planes `from … to` of an image of which `x` holds those from `held` on.
  static void max(float[] x, int held, float[] y, int[] index, Pool2dShape s, int from, int to) {
    int at = from * s.oh() * s.ow();
    int skip = held * s.h() * s.w();
    for (int plane = from - held; plane < to - held; plane++) {
      for (int i = 0; i < s.oh(); i++) {
        if (s.isTwoByTwo()) {
          pairs(x, (plane * s.h() + 2 * i) * s.w(), s.w(), skip, y, index, at, s.ow());
          at += s.ow();
          continue;
        }
        int top = Math.max(0, i * s.sh() - s.ph());
        int bottom = Math.min(s.h(), i * s.sh() - s.ph() + s.kh());
        boolean inside = s.isThreeByThree() && bottom - top == 3;
        int firstInside = Math.min(Math.ceilDiv(s.pw(), s.sw()), s.ow());
        int endInside =
            Math.clamp(Math.floorDiv(s.w() - 3 + s.pw(), s.sw()) + 1, firstInside, s.ow());
        for (int j = 0; j < s.ow(); j++, at++) {
          int left = Math.max(0, j * s.sw() - s.pw());
          if (inside && j == firstInside && endInside > j) {
            nines(x, (plane * s.h() + top) * s.w() + left, s, skip, y, index, at, endInside - j);
            at += endInside - j - 1;
            j = endInside - 1;
            continue;
          }
          window(x, held, y, index, s, plane + held, i, j);
        }
      }
    }
  }

  /// Window (i, j) of a plane.
  static void window(
      float[] x, int held, float[] y, int[] index, Pool2dShape s, int plane, int i, int j) {
    int top = Math.max(0, i * s.sh() - s.ph());
    int bottom = Math.min(s.h(), i * s.sh() - s.ph() + s.kh());
    int left = Math.max(0, j * s.sw() - s.pw());
    int right = Math.min(s.w(), j * s.sw() - s.pw() + s.kw());
    int place = largest(x, (plane - held) * s.h(), s.w(), top, bottom, left, right);
    int at = (plane * s.oh() + i) * s.ow() + j;
    y[at] = place < 0 ? Float.NEGATIVE_INFINITY : x[place];
    index[at] = place < 0 ? place : place + held * s.h() * s.w();
  }

  /// A row of windows of two by two elements side by side, whose upper left one is at `x[top]`.
  static void pairs(
      float[] x, int top, int width, int skip, float[] y, int[] index, int at, int count) {
    for (int j = 0; j < count; j++) {
      int k = top + 2 * j;
      int best = LargestF32.ofFour(x, k, k + width);
      y[at + j] = x[best];
      index[at + j] = best + skip;
    }
  }

  /// As above for windows of three by three that lie within the image.
  private static void nines(
      float[] x, int top, Pool2dShape s, int skip, float[] y, int[] index, int at, int count) {
    for (int j = 0, k = top; j < count; j++, k += s.sw()) {
      int best = LargestF32.ofNine(x, k, k + s.w(), k + 2 * s.w());
      y[at + j] = x[best];
      index[at + j] = best + skip;
    }
  }

  /// The place of the largest element of a window whose rows are those of a plane of `width`
  /// elements a row, the first of which is row `first`; -1 if the window is empty.
  private static int largest(
      float[] x, int first, int width, int top, int bottom, int left, int right) {
    if (top >= bottom || left >= right) {
      return -1;
    }
    int place = (first + top) * width + left;
    for (int row = top; row < bottom; row++) {
      int end = (first + row) * width + right;
      for (int k = end - right + left; k < end; k++) {
        place = LargestF32.isLarger(x[place], x[k]) ? k : place;
      }
    }
    return place;
  }

  /// The transpose of [#max] for the places that it chose: planes `from … to`.
  static void maxInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to) {
    int plane = s.h() * s.w();
    int count = s.oh() * s.ow();
    for (int p = from; p < to; p++) {
      Arrays.fill(dx, p * plane, (p + 1) * plane, 0f);
      add(g, index, p * count, count, dx, p, s);
    }
  }

  private static void add(
      float[] g, int[] index, int at, int count, float[] dx, int plane, Pool2dShape s) {
    int first = plane * s.h() * s.w();
    int end = first + s.h() * s.w();
    for (int i = at; i < at + count; i++) {
      int k = index[i];
      if (k >= first && k < end) {
        dx[k] += g[i];
      } else if (k >= 0) {
        throw new IllegalArgumentException(
            "maxpool2dinput needs places in their own plane, "
                + first
                + ".."
                + (end - 1)
                + ", got "
                + k);
      }
    }
  }

  /// The averages of the planes `from … to`.
  static void average(float[] x, float[] y, Pool2dShape s, FloatMeans means, int from, int to) {
    int at = from * s.oh() * s.ow();
    for (int plane = from; plane < to; plane++) {
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
          y[at] = sum / means.count(i, j);
        }
      }
    }
  }

  /// The transpose of [#average].
  static void averageInput(
      float[] g, float[] dx, Pool2dShape s, FloatMeans means, int from, int to) {
    Arrays.fill(dx, from * s.h() * s.w(), to * s.h() * s.w(), 0f);
    int at = from * s.oh() * s.ow();
    for (int plane = from; plane < to; plane++) {
      for (int i = 0; i < s.oh(); i++) {
        int top = Math.max(0, i * s.sh() - s.ph());
        int bottom = Math.min(s.h(), i * s.sh() - s.ph() + s.kh());
        for (int j = 0; j < s.ow(); j++, at++) {
          int left = Math.max(0, j * s.sw() - s.pw());
          int right = Math.min(s.w(), j * s.sw() - s.pw() + s.kw());
          float share = g[at] / means.count(i, j);
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
}
