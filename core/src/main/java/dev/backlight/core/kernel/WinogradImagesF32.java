package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;

/// Winograd's convolution F(4x4, 3x3), and its transpose in the images, which is the same of the
/// cotangent with filters turned by half a turn: a quarter of the multiplications.
///
/// The 36 products of tiles by channels with channels by filters are summed over the channels in
/// blocks of [FloatConvolution#BLOCK] like all products.
final class WinogradImagesF32 extends WinogradF32 {
  /// Channels whose filters are transformed together.
  private static final int CHUNK = 32;

  /// Transformed filters that are kept for the next run, at most.
  private static final int KEPT = 1 << 22;

  private final boolean transposed;
  private final FloatChannelsLast from;
  private final int channels;
  private final int filters;
  private final int h;
  private final int w;
  private final Threads.Task tiling = this::tile;
  private final Threads.Task transforming = this::transform;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] weight = {};
  private float[] y = {};

  /// The transformed filters, unless each unit makes its own.
  private float[] panels = {};

  /// The transformed tiles, if there is but one block of them.
  private float[] onlyTiles = {};

  // The transformed filters of every run, and whether the first has made them.
  private float[] kept = {};
  private boolean made;

  private int pieces;

  private WinogradImagesF32(
      FloatScalarLoops loops,
      Conv2dShape s,
      boolean transposed,
      FloatChannelsLast from,
      int filters,
      int h,
      int w) {
    super(loops, s, h, w, threads(s.n(), filters, h, w));
    this.transposed = transposed;
    this.from = from;
    this.channels = from.channels();
    this.filters = filters;
    this.h = h;
    this.w = w;
  }

  static WinogradImagesF32 forward(FloatScalarLoops loops, Conv2dShape s) {
    FloatChannelsLast from =
        new FloatChannelsLast(
            s.c(), s.h(), s.w(), s.ph(), s.pw(), width(s.ow()), WinogradLoopsF32.LANES);
    return new WinogradImagesF32(loops, s, false, from, s.o(), s.oh(), s.ow());
  }

  static WinogradImagesF32 input(FloatScalarLoops loops, Conv2dShape s) {
    FloatChannelsLast from =
        new FloatChannelsLast(
            s.o(), s.oh(), s.ow(), 2 - s.ph(), 2 - s.pw(), width(s.w()), WinogradLoopsF32.LANES);
    return new WinogradImagesF32(loops, s, true, from, s.c(), s.h(), s.w());
  }

  /// Threads that blocks are to be cut for: one block is enough if there are as many panels.
  private static int threads(int images, int filters, int h, int w) {
    long tiles = (long) images * Math.ceilDiv(h, TILE) * Math.ceilDiv(w, TILE);
    int threads = Threads.count();
    return tiles <= TILES && Math.ceilDiv(filters, PANEL) >= threads ? 1 : threads;
  }

  private static int width(int columns) {
    return Math.ceilDiv(columns, TILE) * TILE + 2;
  }

  @Override
  void compute(float[] x, float[] weight, float[] y) {
    this.x = x;
    this.weight = weight;
    this.y = y;
    FloatScratch memory = FloatScratch.take();
    int blocks = blocks();
    pieces = blocks >= Threads.count() ? 1 : pieces(blocks, panels());
    if (blocks == 1) {
      onlyTiles = memory.array(0, ELEMENTS * planeOfTiles());
      share(Math.ceilDiv(channels, WinogradLoopsF32.LANES), tiling);
    }
    if (kept.length > 0) {
      panels = kept;
      if (!made) {
        share(Math.ceilDiv(channels, CHUNK), transforming);
        made = true;
      }
    } else if (blocks == 1) {
      // Transformed just before they are used, once: there are more filters than tiles.
      panels = kept;
      pieces = panels();
    } else {
      panels = memory.array(0, sizeOf(panels()));
      share(Math.ceilDiv(channels, CHUNK), transforming);
    }
    share(blocks * pieces, units);
    FloatScratch.give(memory);
  }

  @Override
  public int part() {
    int least = h;
    for (int band = 0; band < bands; band++) {
      least = Math.min(least, Math.min(h - firstRow(band) * TILE, rowsOf(band) * TILE));
    }
    return least * w;
  }

  @Override
  public FloatConvolution fixed(boolean second) {
    long size = (long) panels() * ELEMENTS * planeOfFilters();
    kept = second && size <= KEPT ? new float[(int) size] : new float[0];
    made = false;
    return this;
  }

  private int panels() {
    return Math.ceilDiv(filters, PANEL);
  }

  /// Columns of some panels: all but the last one are full.
  private int width(int firstPanel, int count) {
    return Math.min(whole(filters) - firstPanel * PANEL, count * PANEL);
  }

  /// Elements of so many panels, one after another: each is read in order.
  private int sizeOf(int panels) {
    return panels * ELEMENTS * planeOfFilters();
  }

  private int planeOfFilters() {
    return plane(PANEL, channels);
  }

  private int planeOfTiles() {
    return plane(FloatTileLoops.padded(mostTiles()), step());
  }

  private int planeOfProducts() {
    return plane(FloatTileLoops.padded(mostTiles()), PANEL);
  }

  /// The distance of two transformed tiles.
  private int step() {
    return padded(channels);
  }

  private void transform(int chunk, int worker) {
    FloatScratch memory = FloatScratch.take();
    transform(0, panels(), chunk * CHUNK, panels, memory);
    FloatScratch.give(memory);
  }

  /// Transforms the filters of some panels for a chunk of channels. In each plane of a panel its
  /// columns come for one channel after another.
  private void transform(
      int firstPanel, int count, int firstChannel, float[] u, FloatScratch memory) {
    FloatTileLoops t = tiles();
    WinogradLoopsF32 winograd = t.winograd();
    int lanes = WinogradLoopsF32.LANES;
    int some = Math.min(CHUNK, channels - firstChannel);
    int first = firstPanel * PANEL;
    int width = width(firstPanel, count);
    int real = Math.min(width, filters - first);
    float[] taps = memory.array(4, (CHUNK * 9 + FloatTileLoops.SLACK) * width);
    float[] aside = memory.array(5, WinogradLoopsF32.ASIDE);
    if (real < width) {
      Arrays.fill(taps, 0, some * 9 * width, 0f);
    }
    int spare = FloatTileLoops.SLACK;
    if (transposed) {
      for (int c = 0; c < some; c++) {
        int at = ((firstChannel + c) * filters + first) * 9;
        t.transpose(weight, at, 9, real, 9, taps, c * 9 * width, width, 0, spare);
      }
    } else {
      int apart = channels * 9;
      int at = first * apart + firstChannel * 9;
      t.transpose(weight, at, apart, real, some * 9, taps, 0, width, 0, spare);
    }
    int tap = transposed ? -width : width;
    int plane = planeOfFilters();
    for (int f = 0; f < width; f += lanes) {
      int panel = f / PANEL;
      int step = Math.min(PANEL, width - panel * PANEL);
      int to = sizeOf(panel) + firstChannel * step + f % PANEL;
      for (int c = 0; c < some; c++) {
        int at = (c * 9 + (transposed ? 8 : 0)) * width + f;
        winograd.filter(taps, at, tap, u, to + c * step, plane, aside);
      }
    }
  }

  private void unit(int unit, int worker) {
    int piece = unit % pieces;
    int block = unit / pieces;
    FloatScratch memory = FloatScratch.take();
    float[] m = memory.array(0, ELEMENTS * planeOfProducts());
    float[] v = onlyTiles;
    if (blocks() > 1) {
      v = memory.array(1, ELEMENTS * planeOfTiles());
      for (int c = 0; c < channels; c += WinogradLoopsF32.LANES) {
        toTiles(block, c, v, memory);
      }
    }
    int end = panels() * (piece + 1) / pieces;
    for (int panel = panels() * piece / pieces; panel < end; panel++) {
      float[] u = panels;
      int from = sizeOf(panel);
      if (u.length == 0) {
        u = memory.array(2, sizeOf(1));
        from = 0;
        for (int c = 0; c < channels; c += CHUNK) {
          transform(panel, 1, c, u, memory);
        }
      }
      multiply(tilesOf(block), width(panel, 1), v, u, from, m);
      fromTiles(block, panel, m, memory, worker);
    }
    FloatScratch.give(memory);
  }

  private void tile(int group, int worker) {
    FloatScratch memory = FloatScratch.take();
    toTiles(0, group * WinogradLoopsF32.LANES, onlyTiles, memory);
    FloatScratch.give(memory);
  }

  /// Transforms the tiles of a block, some channels from `channel` on: so few that the copy of the
  /// image stays in the first cache.
  private void toTiles(int block, int channel, float[] v, FloatScratch memory) {
    FloatTileLoops t = tiles();
    int lanes = WinogradLoopsF32.LANES;
    int row = from.width() * lanes;
    int top = firstRow(block) * TILE;
    int some = rowsOf(block);
    int count = Math.min(lanes, channels - channel);
    float[] image = memory.array(4, from.size(mostRows() * TILE + 2));
    float[] aside = memory.array(5, WinogradLoopsF32.ASIDE);
    for (int n = 0; n < imagesOf(block); n++) {
      from.fill(t, x, firstImage(block) + n, channel, count, top, some * TILE + 2, image, 0);
      for (int i = 0; i < some; i++) {
        for (int j = 0; j < columns; j++) {
          int at = TILE * (i * row + j * lanes);
          int to = ((n * some + i) * columns + j) * step() + channel;
          t.winograd().tile(image, at, row, v, to, planeOfTiles(), aside);
        }
      }
    }
  }

  private void multiply(int count, int width, float[] v, float[] u, int from, float[] m) {
    FloatTileLoops t = tiles();
    int step = step();
    for (int e = 0; e < ELEMENTS; e++) {
      int co = e * planeOfProducts();
      for (int p = 0; p < channels; p += FloatConvolution.BLOCK) {
        int k = Math.min(FloatConvolution.BLOCK, channels - p);
        int ao = e * planeOfTiles() + p;
        int bo = from + e * planeOfFilters() + p * width;
        t.product(count, width, v, ao, step, 1, u, bo, width, k, m, co, width, p > 0);
      }
    }
  }

  /// Transforms the products of a block back and stores them, some filters at a time.
  private void fromTiles(int block, int panel, float[] m, FloatScratch memory, int worker) {
    FloatTileLoops t = tiles();
    int lanes = WinogradLoopsF32.LANES;
    int row = columns * TILE * lanes;
    int some = rowsOf(block);
    int top = firstRow(block) * TILE;
    int end = Math.min(top + some * TILE, h);
    int wide = width(panel, 1);
    int count = Math.min(wide, filters - panel * PANEL);
    float[] image = memory.array(4, mostRows() * TILE * row + FloatTileLoops.SLACK * lanes);
    float[] z = taker == null ? y : memory.array(6, count * h * w);
    float[] aside = memory.array(5, WinogradLoopsF32.ASIDE);
    for (int n = 0; n < imagesOf(block); n++) {
      int firstPlane = (firstImage(block) + n) * filters + panel * PANEL;
      for (int next = 0; next < count; next += lanes) {
        // The last ones go over some that others cover, too, rather than be few.
        int f = Math.max(0, Math.min(next, count - lanes));
        for (int i = 0; i < some; i++) {
          for (int j = 0; j < columns; j++) {
            int at = ((n * some + i) * columns + j) * wide + f;
            int to = TILE * (i * row + j * lanes);
            t.winograd().output(m, at, planeOfProducts(), image, to, row, aside);
          }
        }
        int first = ((taker == null ? firstPlane : 0) + f) * h * w;
        int planes = Math.min(lanes, count - f);
        for (int i = top; i < end; i++) {
          // What is written behind a row's end, the next row's writing covers.
          int spare = (end - i - 1) * w;
          int at = (i - top) * row;
          t.transpose(image, at, lanes, w, planes, z, first + i * w, h * w, spare, 0);
        }
      }
      if (taker != null) {
        taker.take(firstPlane, count, top * w, end * w, z, top * w, h * w, worker);
      }
    }
  }
}
