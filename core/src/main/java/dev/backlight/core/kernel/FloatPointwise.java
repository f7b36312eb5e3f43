package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;

/// A convolution with windows of one element, or its transpose in the images: a product of the
/// filters, as they are or transposed, with each image as it lies, or, with a stride, with what is
/// seen of it.
final class FloatPointwise extends FloatConvolution {
  /// Elements of a part of the result that is handed over: for the second cache.
  private static final int PART = 1 << 17;

  private final Conv2dShape s;
  private final boolean transposed;
  private final boolean isDense;
  private final FloatPlanes from;
  private final int rows;
  private final int taps;
  private final int plane;
  private final Threads.Task filling = this::fill;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] w = {};
  private float[] y = {};
  private float[] seen = {};
  private int pieces;

  FloatPointwise(FloatScalarLoops loops, Conv2dShape s, boolean transposed) {
    super(loops, s.products());
    this.s = s;
    this.transposed = transposed;
    isDense = s.oh() == s.h() && s.ow() == s.w();
    int[] none = {0};
    from = new FloatPlanes(s.channels(), s.h(), s.w(), s.sh(), s.sw(), 0, 0, none, none, 0, s.ow());
    rows = transposed ? s.channels() : s.filters();
    taps = transposed ? s.filters() : s.channels();
    plane = s.oh() * s.ow();
  }

  /// Whether windows have one element, and all of them lie within the image.
  static boolean fits(Conv2dShape s) {
    return s.kh() == 1
        && s.kw() == 1
        && s.ph() == 0
        && s.pw() == 0
        && (s.oh() - 1) * s.sh() < s.h()
        && (s.ow() - 1) * s.sw() < s.w()
        && (s.sh() > 1 || s.oh() == s.h())
        && (s.sw() > 1 || s.ow() == s.w());
  }

  @Override
  void compute(float[] x, float[] w, float[] y) {
    this.x = x;
    this.w = w;
    this.y = y;
    pieces = pieces(taker != null);
    int each = s.n() * s.groups();
    FloatScratch memory = FloatScratch.take();
    if (isDense || transposed) {
      seen = x;
    } else if (pieces > 1) {
      seen = memory.array(0, each * taps * plane);
      share(each * pieces, filling);
    }
    share(each * pieces, units);
    seen = x;
    FloatScratch.give(memory);
  }

  private int pieces(boolean handsOver) {
    int shared = pieces(s.n() * s.groups(), (isByRows() ? rows : plane) / 32);
    return handsOver ? Math.max(shared, Math.ceilDiv(rows * plane, PART)) : shared;
  }

  @Override
  public int part() {
    if (spreads()) {
      return 0;
    }
    return isByRows() ? plane : plane / pieces(true);
  }

  /// The other factor is what every piece packs again.
  private boolean isByRows() {
    return rows > plane || transposed && !isDense;
  }

  /// Brings what is seen of a piece of an image's channels together.
  private void fill(int unit, int worker) {
    int piece = unit % pieces;
    int begin = taps * piece / pieces;
    int end = taps * (piece + 1) / pieces;
    int which = unit / pieces;
    from.fill(tiles(), x, which, begin, end, 0, s.oh(), s.oh(), seen, which * taps * plane);
  }

  /// A piece of an image's positions or of its planes, whichever there are more of.
  private void unit(int unit, int worker) {
    int piece = unit % pieces;
    int which = unit / pieces;
    int all = isByRows() ? rows : plane;
    int begin = (int) ((long) all * piece / pieces);
    int end = (int) ((long) all * (piece + 1) / pieces);
    int firstRow = isByRows() ? begin : 0;
    int count = isByRows() ? end - begin : rows;
    int first = isByRows() ? 0 : begin;
    int n = isByRows() ? plane : end - begin;
    int filters = which % s.groups() * rows * taps;
    int ld = transposed ? rows : taps;
    FloatScratch memory = FloatScratch.take();
    float[] image = seen;
    int at = which * taps * plane;
    if (!isDense && !transposed && pieces == 1) {
      image = memory.array(0, taps * plane);
      at = 0;
      from.fill(tiles(), x, which, 0, taps, 0, s.oh(), s.oh(), image, at);
    }
    int firstPlane = which * rows + firstRow;
    boolean aside = spreads() || taker != null;
    float[] made = aside ? memory.array(6, count * n) : y;
    loops.matmul(
        transposed,
        false,
        count,
        n,
        taps,
        w,
        filters + (transposed ? firstRow : firstRow * taps),
        ld,
        image,
        at + first,
        plane,
        made,
        aside ? 0 : firstPlane * plane + first,
        aside ? n : plane,
        false);
    if (taker != null) {
      taker.take(firstPlane, count, first, first + n, made, 0, n, worker);
    } else if (aside) {
      spread(made, firstPlane, count);
    }
    FloatScratch.give(memory);
  }

  /// Whether what is made lies apart in the result.
  private boolean spreads() {
    return !isDense && transposed;
  }

  /// Puts `count` planes into those of the images from `first` on, with zeros between.
  private void spread(float[] made, int first, int count) {
    int size = s.h() * s.w();
    Arrays.fill(y, first * size, (first + count) * size, 0f);
    int k = 0;
    for (int c = first; c < first + count; c++) {
      for (int i = 0; i < s.oh(); i++) {
        int to = c * size + i * s.sh() * s.w();
        for (int j = 0; j < s.ow(); j++, k++) {
          y[to + j * s.sw()] = made[k];
        }
      }
    }
  }
}
