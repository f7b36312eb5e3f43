package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;

/// A convolution with windows of one element, or its transpose in the images: a product of the
/// filters, as they are or transposed, with each image as it lies.
final class FloatPointwise extends FloatConvolution {
  private final Conv2dShape s;
  private final boolean transposed;
  private final int rows;
  private final int taps;
  private final int plane;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] w = {};
  private float[] y = {};
  private int pieces;

  FloatPointwise(FloatScalarLoops loops, Conv2dShape s, boolean transposed) {
    super(loops, s.products());
    this.s = s;
    this.transposed = transposed;
    rows = transposed ? s.channels() : s.filters();
    taps = transposed ? s.filters() : s.channels();
    plane = s.h() * s.w();
  }

  @Override
  void compute(float[] x, float[] w, float[] y) {
    this.x = x;
    this.w = w;
    this.y = y;
    int each = s.n() * s.groups();
    pieces = pieces(each, Math.max(rows, plane) / 32);
    share(each * pieces, units);
  }

  /// A piece of an image's positions or of its planes, whichever there are more of: the other
  /// factor is what every piece packs again.
  private void unit(int unit, int worker) {
    int piece = unit % pieces;
    int which = unit / pieces;
    int all = Math.max(rows, plane);
    int begin = (int) ((long) all * piece / pieces);
    int end = (int) ((long) all * (piece + 1) / pieces);
    int firstRow = rows > plane ? begin : 0;
    int count = rows > plane ? end - begin : rows;
    int first = rows > plane ? 0 : begin;
    int n = rows > plane ? plane : end - begin;
    int filters = which % s.groups() * rows * taps;
    int ld = transposed ? rows : taps;
    loops.matmul(
        transposed,
        false,
        count,
        n,
        taps,
        w,
        filters + (transposed ? firstRow : firstRow * taps),
        ld,
        x,
        which * taps * plane + first,
        plane,
        y,
        (which * rows + firstRow) * plane + first,
        plane,
        false);
  }
}
