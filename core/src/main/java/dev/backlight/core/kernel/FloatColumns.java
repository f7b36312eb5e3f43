package dev.backlight.core.kernel;

import java.util.Arrays;

/// The column matrix of a convolution (im2col), and its transpose.
///
/// Row `(c·kh + u)·kw + v` holds what tap (u, v) of channel c meets at each output position of the
/// chosen rows, and 0 where that lies in the padding.
final class FloatColumns {
  private static final Pool<FloatColumns> POOL = new Pool<>();

  private float[] memory = new float[0];

  private FloatColumns() {}

  static FloatColumns take() {
    FloatColumns columns = POOL.take();
    return columns == null ? new FloatColumns() : columns;
  }

  static void give(FloatColumns columns) {
    POOL.give(columns);
  }

  /// Memory for a column matrix of n elements.
  float[] ofSize(int n) {
    if (memory.length < n) {
      memory = new float[n];
    }
    return memory;
  }

  /// Fills the columns of output rows `row … row+rows` from the channels of a group, which begin at
  /// `x[xo]`.
  static void gather(float[] x, int xo, Conv2dShape s, int row, int rows, float[] columns) {
    int to = 0;
    for (int tap = 0; tap < s.taps(); tap++) {
      int u = tap / s.kw() % s.kh();
      int shift = tap % s.kw() * s.dw() - s.pw();
      int plane = xo + tap / (s.kh() * s.kw()) * s.h() * s.w();
      int first = first(shift, s);
      int end = Math.max(first, end(shift, s));
      for (int i = row; i < row + rows; i++, to += s.ow()) {
        int y = i * s.sh() + u * s.dh() - s.ph();
        if (y < 0 || y >= s.h() || first == end) {
          Arrays.fill(columns, to, to + s.ow(), 0f);
          continue;
        }
        Arrays.fill(columns, to, to + first, 0f);
        int from = plane + y * s.w() + first * s.sw() + shift;
        if (s.sw() == 1) {
          System.arraycopy(x, from, columns, to + first, end - first);
        } else {
          for (int j = first; j < end; j++, from += s.sw()) {
            columns[to + j] = x[from];
          }
        }
        Arrays.fill(columns, to + end, to + s.ow(), 0f);
      }
    }
  }

  /// Adds the columns of output rows `row … row+rows` to the places they came from.
  static void scatter(float[] columns, Conv2dShape s, int row, int rows, float[] dx, int xo) {
    int from = 0;
    for (int tap = 0; tap < s.taps(); tap++) {
      int u = tap / s.kw() % s.kh();
      int shift = tap % s.kw() * s.dw() - s.pw();
      int plane = xo + tap / (s.kh() * s.kw()) * s.h() * s.w();
      int first = first(shift, s);
      int end = Math.max(first, end(shift, s));
      for (int i = row; i < row + rows; i++, from += s.ow()) {
        int y = i * s.sh() + u * s.dh() - s.ph();
        if (y < 0 || y >= s.h() || first == end) {
          continue;
        }
        int to = plane + y * s.w() + first * s.sw() + shift;
        for (int j = first; j < end; j++, to += s.sw()) {
          dx[to] += columns[from + j];
        }
      }
    }
  }

  /// The first output column whose tap, `shift` columns from its window's left end, is in the
  /// image.
  private static int first(int shift, Conv2dShape s) {
    return Math.clamp(Math.ceilDiv(-shift, s.sw()), 0, s.ow());
  }

  /// The output column after the last such one.
  private static int end(int shift, Conv2dShape s) {
    return Math.clamp(Math.floorDiv(s.w() - 1 - shift, s.sw()) + 1, 0, s.ow());
  }
}
