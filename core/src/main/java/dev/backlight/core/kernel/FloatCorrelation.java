package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;

/// A convolution as a matrix product whose right factor is the image itself (an implicit GEMM).
///
/// With W the filters as (rows, taps), an output is `W X`, where column p of X holds what the taps
/// meet at position p. Once the image is copied with its padding, and each residue of the stride
/// into a plane of its own, tap k at position p lies at `offset[k] + p` when positions are counted
/// through padded rows: a panel of X is a few copies of whole vectors, made where it is used. The
/// few positions beyond the ends of rows are computed, too, and dropped.
///
/// An output is a sum over (channel, row, column) of the filter in blocks of [#BLOCK]: one chain of
/// fused multiply-adds in each, the blocks added one after another.
final class FloatCorrelation extends FloatConvolution {
  /// Elements of a padded image: half a megabyte of floats, for the second cache. Larger ones are
  /// done by bands of rows.
  private static final int IMAGE = (1 << 17) * 32 / Float.SIZE;

  /// Rows that are a multiple of 4 KiB apart would share few lines of the first cache.
  private static final int APART = 16;

  /// Rows of weights that are brought together at a time: what is read for them lies in runs long
  /// enough to be fetched ahead.
  private static final int ROWS = 64;

  private final FloatPlanes from;
  private final FloatTaps taps;
  private final FloatPlaces to;
  private final int images;
  private final int groups;
  private final int[] offset;
  private final int band;
  private final int bands;

  /// Tiles are of four rows at least: where the filters end in between, they go into memory with
  /// some more.
  private final boolean asTheyLie;

  private final int apart;

  private final Threads.Task arranging = this::arrange;
  private final Threads.Task filling = this::fill;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] w = {};
  private float[] y = {};
  private float[] filters = {};
  private float[] whole = {};
  private int pieces;

  // The weights of every run, brought together in the first.
  private float[] kept = {};
  private boolean isKept;

  FloatCorrelation(
      FloatScalarLoops loops,
      int images,
      int groups,
      FloatPlanes from,
      FloatTaps taps,
      FloatPlaces to) {
    super(
        loops, (long) images * groups * to.planes() * to.rows() * to.columns() * taps.count(from));
    this.images = images;
    this.groups = groups;
    this.from = from;
    this.taps = taps;
    this.to = to;
    int row = from.channels() * from.planesOfOne() * from.width();
    band = Math.clamp(IMAGE / Math.max(1, row) - from.reach(), 1, Math.max(1, to.rows()));
    bands = Math.ceilDiv(to.rows(), band);
    offset = taps.offsets(from, band + from.reach());
    asTheyLie = taps.inPlace() && to.planes() % 4 == 0;
    apart = offset.length + (asTheyLie ? 0 : APART);
  }

  @Override
  void compute(float[] x, float[] w, float[] y) {
    this.x = x;
    this.w = w;
    this.y = y;
    FloatTileLoops t = tiles();
    int tilesOfGroup = Math.ceilDiv(to.planes(), t.rows());
    FloatScratch memory = FloatScratch.take();
    if (asTheyLie) {
      filters = w;
    } else if (kept.length == 0 || !isKept) {
      filters = kept.length == 0 ? memory.array(0, arranged()) : kept;
      share(groups * Math.ceilDiv(to.planes(), ROWS), arranging);
      isKept = kept.length > 0;
    } else {
      filters = kept;
    }
    int each = images * groups * bands;
    pieces = pieces(each, tilesOfGroup);
    if (pieces > 1) {
      whole = memory.array(1, each * from.size(band + from.reach()) + t.columns());
      share(each * pieces, filling);
    }
    share(each * pieces, units);
    filters = x;
    whole = x;
    FloatScratch.give(memory);
  }

  @Override
  public int part() {
    int last = to.rows() - (bands - 1) * band;
    return to.isWhole() ? Math.min(last, band) * to.columns() : 0;
  }

  @Override
  public FloatConvolution fixed(boolean second) {
    kept = second && !asTheyLie ? new float[arranged()] : new float[0];
    isKept = false;
    return this;
  }

  private int arranged() {
    return groups * FloatTileLoops.padded(to.planes()) * apart;
  }

  /// Brings the weights of some rows together.
  private void arrange(int chunk, int worker) {
    int chunks = Math.ceilDiv(to.planes(), ROWS);
    int group = chunk / chunks;
    int row = chunk % chunks * ROWS;
    int at = (group * FloatTileLoops.padded(to.planes()) + row) * apart;
    int count = Math.min(ROWS, to.planes() - row);
    taps.arrange(tiles(), w, group, row, count, from.channels(), filters, at, apart);
  }

  /// Copies a piece of the channels of an image that several units see.
  private void fill(int unit, int worker) {
    int piece = unit % pieces;
    int begin = from.channels() * piece / pieces;
    int end = from.channels() * (piece + 1) / pieces;
    fill(unit / pieces, begin, end, whole, unit / pieces * from.size(band + from.reach()));
  }

  private void fill(int each, int begin, int end, float[] image, int at) {
    int firstRow = each % bands * band;
    int rows = Math.min(band, to.rows() - firstRow);
    int height = band + from.reach();
    from.fill(tiles(), x, each / bands, begin, end, firstRow, rows, height, image, at);
  }

  private void unit(int unit, int worker) {
    FloatTileLoops t = tiles();
    int piece = unit % pieces;
    int which = unit / pieces / bands;
    int firstRow = unit / pieces % bands * band;
    int rows = Math.min(band, to.rows() - firstRow);
    int tilesOfGroup = Math.ceilDiv(to.planes(), t.rows());
    int begin = tilesOfGroup * piece / pieces;
    int end = tilesOfGroup * (piece + 1) / pieces;
    FloatScratch memory = FloatScratch.take();
    int size = from.size(band + from.reach());
    float[] image = whole;
    int at = unit / pieces * size;
    if (pieces == 1) {
      // A tile may look a whole panel too far.
      image = memory.array(0, size + t.columns());
      at = 0;
      fill(unit, 0, from.channels(), image, 0);
    }
    int wide = (rows - 1) * from.width() + to.columns();
    int count = Math.min(to.planes(), end * t.rows()) - begin * t.rows();
    int firstPlane = which * to.planes() + begin * t.rows();
    int plane = to.h() * to.w();
    float[] z = taker == null ? y : memory.array(6, count * plane);
    int first = taker == null ? firstPlane : 0;
    float[] panel = memory.array(2, BLOCK * t.columns());
    if (isByRows(t, wide, rows)) {
      float[] aside = memory.array(1, t.rows() * t.columns());
      byRows(t, which % groups, begin, end, image, at, first, firstRow, rows, panel, aside, z);
    } else {
      int ld = Math.ceilDiv(wide, t.columns()) * t.columns();
      float[] out = memory.array(1, (end - begin) * t.rows() * ld);
      product(t, which % groups, begin, end, image, at, wide, panel, out, ld);
      to.store(out, ld, from.width(), first, count, firstRow, rows, z);
    }
    if (taker != null) {
      int place = firstRow * to.w();
      taker.take(firstPlane, count, place, place + rows * to.w(), z, place, plane, worker);
    }
    FloatScratch.give(memory);
  }

  private void product(
      FloatTileLoops t,
      int group,
      int begin,
      int end,
      float[] image,
      int at,
      int wide,
      float[] panel,
      float[] out,
      int ld) {
    int all = offset.length;
    for (int p = 0; p < all; p += BLOCK) {
      int k = Math.min(BLOCK, all - p);
      for (int j = 0; j < wide; j += t.columns()) {
        t.panel(image, at + j, offset, p, k, panel);
        for (int tile = begin; tile < end; tile++) {
          int row = tile * t.rows();
          int height = t.height(to.planes() - row);
          int a = (group * FloatTileLoops.padded(to.planes()) + row) * apart + p;
          int c = (row - begin * t.rows()) * ld + j;
          t.tile(height, filters, a, apart, 1, panel, 0, t.columns(), k, out, c, ld, p > 0);
        }
      }
    }
    if (all == 0) {
      Arrays.fill(out, 0, (end - begin) * t.rows() * ld, 0f);
    }
  }

  /// Whether tiles are cut out of single rows of outputs, and written where they belong: if that
  /// takes few more of them, and none reaches behind the next row.
  private boolean isByRows(FloatTileLoops t, int wide, int rows) {
    int all = offset.length;
    int across = Math.ceilDiv(to.columns(), t.columns()) * t.columns();
    boolean few = across * rows <= wide + wide / 8 && across <= 2 * to.columns();
    return all > 0 && all <= BLOCK && to.isWhole() && few;
  }

  /// What a tile writes behind its row's end, the next row's tile covers; the last row's goes
  /// through memory aside.
  private void byRows(
      FloatTileLoops t,
      int group,
      int begin,
      int end,
      float[] image,
      int at,
      int firstPlane,
      int firstRow,
      int rows,
      float[] panel,
      float[] aside,
      float[] z) {
    int k = offset.length;
    int plane = to.rows() * to.columns();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < to.columns(); j += t.columns()) {
        t.panel(image, at + i * from.width() + j, offset, 0, k, panel);
        int width = Math.min(t.columns(), to.columns() - j);
        boolean within = width == t.columns() || i + 1 < rows;
        for (int tile = begin; tile < end; tile++) {
          int row = tile * t.rows();
          int count = Math.min(t.rows(), to.planes() - row);
          int height = t.height(count);
          int a = (group * FloatTileLoops.padded(to.planes()) + row) * apart;
          int c = firstPlane + row - begin * t.rows();
          c = c * plane + (firstRow + i) * to.columns() + j;
          if (within && height == count) {
            t.tile(height, filters, a, apart, 1, panel, 0, t.columns(), k, z, c, plane, false);
            continue;
          }
          t.tile(
              height, filters, a, apart, 1, panel, 0, t.columns(), k, aside, 0, t.columns(), false);
          for (int r = 0; r < count; r++) {
            System.arraycopy(aside, r * t.columns(), z, c + r * plane, width);
          }
        }
      }
    }
  }
}
