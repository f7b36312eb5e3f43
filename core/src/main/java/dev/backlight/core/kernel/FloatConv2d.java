package dev.backlight.core.kernel;

import java.util.Arrays;

/// The 2-D convolution and its transposes as matrix products: the elements under each tap of the
/// filters are copied into the rows of a column matrix ([FloatColumns]), for some rows of one image
/// at a time.
///
/// With W the filters as (o, taps), X the columns as (taps, positions) and G the cotangent as (o,
/// positions): the output is `W X`, the columns' cotangent is `Wᵀ G`, the filters' is `G Xᵀ` summed
/// over the images. The products are those of the loops handed in, so that the plain ones give the
/// same bits as the vector ones. Every image is done by itself, so its result does not depend on
/// its batch.
final class FloatConv2d {
  /// Elements of a column matrix: half a megabyte of floats, for the second cache.
  private static final int COLUMNS = (1 << 17) * 32 / Float.SIZE;

  private FloatConv2d() {}

  static void forward(
      FloatLoops loops, float[] x, float[] w, float[] y, Conv2dShape s, int from, int to) {
    int plane = s.oh() * s.ow();
    int taps = s.taps();
    FloatColumns memory = FloatColumns.take();
    for (int at = from; at < to; at++) {
      int filters = at % s.groups() * s.filters() * taps;
      int images = at * s.channels() * s.h() * s.w();
      int out = at * s.filters() * plane;
      if (isPointwise(s)) {
        loops.matmul(
            false,
            false,
            s.filters(),
            plane,
            taps,
            w,
            filters,
            taps,
            x,
            images,
            plane,
            y,
            out,
            plane,
            false);
        continue;
      }
      int step = rowsAtOnce(s);
      float[] columns = memory.ofSize(taps * step * s.ow());
      for (int row = 0; row < s.oh(); row += step) {
        int rows = Math.min(step, s.oh() - row);
        int n = rows * s.ow();
        FloatColumns.gather(x, images, s, row, rows, columns);
        int place = out + row * s.ow();
        loops.matmul(
            false,
            false,
            s.filters(),
            n,
            taps,
            w,
            filters,
            taps,
            columns,
            0,
            n,
            y,
            place,
            plane,
            false);
      }
    }
    FloatColumns.give(memory);
  }

  static void input(
      FloatLoops loops, float[] g, float[] w, float[] dx, Conv2dShape s, int from, int to) {
    int plane = s.oh() * s.ow();
    int taps = s.taps();
    FloatColumns memory = FloatColumns.take();
    if (!isPointwise(s)) {
      int image = s.channels() * s.h() * s.w();
      Arrays.fill(dx, from * image, to * image, 0f);
    }
    for (int at = from; at < to; at++) {
      int filters = at % s.groups() * s.filters() * taps;
      int images = at * s.channels() * s.h() * s.w();
      int out = at * s.filters() * plane;
      if (isPointwise(s)) {
        loops.matmul(
            true,
            false,
            taps,
            plane,
            s.filters(),
            w,
            filters,
            taps,
            g,
            out,
            plane,
            dx,
            images,
            plane,
            false);
        continue;
      }
      int step = rowsAtOnce(s);
      float[] columns = memory.ofSize(taps * step * s.ow());
      for (int row = 0; row < s.oh(); row += step) {
        int rows = Math.min(step, s.oh() - row);
        int n = rows * s.ow();
        int place = out + row * s.ow();
        loops.matmul(
            true,
            false,
            taps,
            n,
            s.filters(),
            w,
            filters,
            taps,
            g,
            place,
            plane,
            columns,
            0,
            n,
            false);
        FloatColumns.scatter(columns, s, row, rows, dx, images);
      }
    }
    FloatColumns.give(memory);
  }

  static void weight(
      FloatLoops loops, float[] x, float[] g, float[] dw, Conv2dShape s, int from, int to) {
    int plane = s.oh() * s.ow();
    int taps = s.taps();
    FloatColumns memory = FloatColumns.take();
    Arrays.fill(dw, from * taps, to * taps, 0f);
    for (int at = 0; at < s.n() * s.groups(); at++) {
      int group = at % s.groups() * s.filters();
      int first = Math.max(from, group);
      int count = Math.min(to, group + s.filters()) - first;
      if (count <= 0) {
        continue;
      }
      int images = at * s.channels() * s.h() * s.w();
      int out = (at * s.filters() + first - group) * plane;
      if (isPointwise(s)) {
        loops.matmul(
            false,
            true,
            count,
            taps,
            plane,
            g,
            out,
            plane,
            x,
            images,
            plane,
            dw,
            first * taps,
            taps,
            true);
        continue;
      }
      int step = rowsAtOnce(s);
      float[] columns = memory.ofSize(taps * step * s.ow());
      for (int row = 0; row < s.oh(); row += step) {
        int rows = Math.min(step, s.oh() - row);
        int n = rows * s.ow();
        FloatColumns.gather(x, images, s, row, rows, columns);
        int place = out + row * s.ow();
        loops.matmul(
            false,
            true,
            count,
            taps,
            n,
            g,
            place,
            plane,
            columns,
            0,
            n,
            dw,
            first * taps,
            taps,
            true);
      }
    }
    FloatColumns.give(memory);
  }

  /// Whether an image is its own column matrix.
  private static boolean isPointwise(Conv2dShape s) {
    return s.kh() == 1
        && s.kw() == 1
        && s.sh() == 1
        && s.sw() == 1
        && s.ph() == 0
        && s.pw() == 0
        && s.oh() == s.h()
        && s.ow() == s.w();
  }

  private static int rowsAtOnce(Conv2dShape s) {
    return Math.clamp(COLUMNS / Math.max(1, s.taps() * s.ow()), 1, Math.max(1, s.oh()));
  }
}
