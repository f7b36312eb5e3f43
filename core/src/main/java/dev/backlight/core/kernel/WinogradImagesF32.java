package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  /// Tiles of a block, even if there are many channels.
  private static final int LEAST_TILES = 24;

  /// Tiles of a block at most, so that its matrices are in cache when they are multiplied.
  private static final int MOST_TILES = 96;

  private final boolean transposed;
  private final FloatChannelsLast from;
  private final int channels;
  private final int filters;
  private final int h;
  private final int w;
  private final int blocks;
  private final Threads.Task transforming = this::transform;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] weight = {};
  private float[] y = {};

  /// The transformed filters, unless each unit makes its own.
  private float[] panels = {};

  /// The transformed tiles, if there is but one block of them.
  private float[] onlyTiles = {};

  // The transformed filters of every run, and the loops that made them in the first.
  private float[] kept = {};
  private @Nullable FloatTileLoops keptBy;

  private int pieces;

  private WinogradImagesF32(
      FloatScalarLoops loops,
      Conv2dShape s,
      boolean transposed,
      FloatChannelsLast from,
      int filters,
      int h,
      int w) {
    super(loops, s, h, w, LEAST_TILES, MOST_TILES);
    this.transposed = transposed;
    this.from = from;
    this.channels = from.channels();
    this.filters = filters;
    this.h = h;
    this.w = w;
    blocks = blocks(images);
  }

  static WinogradImagesF32 forward(FloatScalarLoops loops, Conv2dShape s) {
    FloatChannelsLast from =
        new FloatChannelsLast(s.c(), s.h(), s.w(), s.ph(), s.pw(), width(s.ow()), padded(s.c()));
    return new WinogradImagesF32(loops, s, false, from, s.o(), s.oh(), s.ow());
  }

  static WinogradImagesF32 input(FloatScalarLoops loops, Conv2dShape s) {
    FloatChannelsLast from =
        new FloatChannelsLast(
            s.o(), s.oh(), s.ow(), 2 - s.ph(), 2 - s.pw(), width(s.w()), padded(s.o()));
    return new WinogradImagesF32(loops, s, true, from, s.c(), s.h(), s.w());
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
    pieces = pieces(blocks, panels());
    if (blocks == 1) {
      onlyTiles = memory.array(0, ELEMENTS * planeOfTiles());
      toTiles(0, onlyTiles, memory);
    }
    if (kept.length > 0) {
      panels = kept;
      if (!tiles().equals(keptBy)) {
        share(Math.ceilDiv(channels, CHUNK), transforming);
        keptBy = tiles();
      }
    } else if (blocks == 1) {
      // Transformed just before they are used, once: there are more filters than tiles.
      panels = kept;
      pieces = panels();
    } else {
      panels = memory.array(0, ELEMENTS * planeOfFilters(panels()));
      share(Math.ceilDiv(channels, CHUNK), transforming);
    }
    share(blocks * pieces, units);
    FloatScratch.give(memory);
  }

  @Override
  public FloatConvolution fixed(boolean second) {
    int width = Math.ceilDiv(filters, 2 * WinogradLoopsF32.LANES) * 2 * WinogradLoopsF32.LANES;
    long size = (long) ELEMENTS * plane(width, channels);
    kept = second && size <= KEPT ? new float[(int) size] : new float[0];
    keptBy = null;
    return this;
  }

  /// Columns of a panel of filters: whole tiles and whole lanes of a transform.
  private int panel() {
    return Math.max(tiles().columns(), WinogradLoopsF32.LANES);
  }

  private int panels() {
    return Math.ceilDiv(filters, panel());
  }

  private int planeOfFilters(int panels) {
    return plane(panels * panel(), channels);
  }

  private int planeOfTiles() {
    return plane(FloatTileLoops.padded(mostTiles()), from.step());
  }

  private void transform(int chunk, int worker) {
    FloatScratch memory = FloatScratch.take();
    transform(0, panels(), chunk * CHUNK, panels, memory);
    FloatScratch.give(memory);
  }

  /// Transforms the filters of some panels for a chunk of channels: that of channel c is at `(panel
  /// · channels + c) · panel()` of each plane.
  private void transform(
      int firstPanel, int count, int firstChannel, float[] u, FloatScratch memory) {
    FloatTileLoops t = tiles();
    WinogradLoopsF32 winograd = t.winograd();
    int lanes = WinogradLoopsF32.LANES;
    int some = Math.min(CHUNK, channels - firstChannel);
    int first = firstPanel * panel();
    int width = count * panel();
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
      int step = channels * 9;
      int at = first * step + firstChannel * 9;
      t.transpose(weight, at, step, real, some * 9, taps, 0, width, 0, spare);
    }
    int tap = transposed ? -width : width;
    int plane = planeOfFilters(count);
    for (int f = 0; f < width; f += lanes) {
      int to = (f / panel() * channels + firstChannel) * panel() + f % panel();
      for (int c = 0; c < some; c++) {
        int at = (c * 9 + (transposed ? 8 : 0)) * width + f;
        winograd.filter(taps, at, tap, u, to + c * panel(), plane, aside);
      }
    }
  }

  private void unit(int unit, int worker) {
    int piece = unit % pieces;
    int block = unit / pieces;
    int first = panels() * piece / pieces;
    int count = panels() * (piece + 1) / pieces - first;
    FloatScratch memory = FloatScratch.take();
    int wide = count * panel();
    int planeOfProducts = plane(FloatTileLoops.padded(mostTiles()), wide);
    float[] m = memory.array(0, ELEMENTS * planeOfProducts);
    float[] v = onlyTiles;
    if (blocks > 1) {
      v = memory.array(1, ELEMENTS * planeOfTiles());
      toTiles(block, v, memory);
    }
    float[] u = panels;
    int from = first * channels * panel();
    int plane = planeOfFilters(panels());
    if (u.length == 0) {
      plane = planeOfFilters(count);
      u = memory.array(2, ELEMENTS * plane);
      from = 0;
      for (int c = 0; c < channels; c += CHUNK) {
        transform(first, count, c, u, memory);
      }
    }
    multiply(tilesOf(block), v, u, from, plane, count, m, planeOfProducts);
    fromTiles(block, m, planeOfProducts, first * panel(), wide, memory);
    FloatScratch.give(memory);
  }

  /// Transforms the tiles of a block.
  private void toTiles(int block, float[] v, FloatScratch memory) {
    FloatTileLoops t = tiles();
    int step = from.step();
    int row = from.width() * step;
    int some = rowsOf(block);
    float[] image = memory.array(4, from.size(rowsAtOnce * TILE + 2));
    float[] aside = memory.array(5, WinogradLoopsF32.ASIDE);
    for (int n = 0; n < imagesOf(block); n++) {
      from.fill(t, x, firstImage(block) + n, firstRow(block) * TILE, some * TILE + 2, image, 0);
      for (int i = 0; i < some; i++) {
        for (int j = 0; j < columns; j++) {
          int at = TILE * (i * row + j * step);
          int to = ((n * some + i) * columns + j) * step;
          t.winograd().tile(image, at, row, step, step, v, to, planeOfTiles(), aside);
        }
      }
    }
  }

  private void multiply(
      int count, float[] v, float[] u, int uo, int planeU, int panels, float[] m, int planeM) {
    FloatTileLoops t = tiles();
    int step = from.step();
    int panel = panel();
    int wide = panels * panel;
    for (int e = 0; e < ELEMENTS; e++) {
      for (int j = 0; j < wide; j += t.columns()) {
        int b = uo + e * planeU + j / panel * panel * channels + j % panel;
        int c = e * planeM + j;
        for (int p = 0; p < channels; p += FloatConvolution.BLOCK) {
          int k = Math.min(FloatConvolution.BLOCK, channels - p);
          int bo = b + p * panel;
          for (int i = 0; i < count; i += t.rows()) {
            int height = t.height(count - i);
            int ao = e * planeOfTiles() + i * step + p;
            t.tile(height, v, ao, step, 1, u, bo, panel, k, m, c + i * wide, wide, p > 0);
          }
        }
      }
    }
  }

  /// Transforms the products of a block back and stores them.
  private void fromTiles(
      int block, float[] m, int plane, int firstFilter, int wide, FloatScratch memory) {
    FloatTileLoops t = tiles();
    int row = columns * TILE * wide;
    int some = rowsOf(block);
    int top = firstRow(block) * TILE;
    int end = Math.min(top + some * TILE, h);
    int count = Math.min(wide, filters - firstFilter);
    float[] image = memory.array(4, rowsAtOnce * TILE * row + FloatTileLoops.SLACK * wide);
    float[] aside = memory.array(5, WinogradLoopsF32.ASIDE);
    for (int n = 0; n < imagesOf(block); n++) {
      for (int i = 0; i < some; i++) {
        for (int j = 0; j < columns; j++) {
          int at = ((n * some + i) * columns + j) * wide;
          int to = TILE * (i * row + j * wide);
          t.winograd().output(m, at, plane, wide, image, to, row, wide, aside);
        }
      }
      int first = ((firstImage(block) + n) * filters + firstFilter) * h * w;
      for (int i = top; i < end; i++) {
        // What is written behind a row's end, the next row's writing covers.
        int spare = (end - i - 1) * w;
        int at = (i - top) * row;
        t.transpose(image, at, wide, w, count, y, first + i * w, h * w, spare, 0);
      }
    }
  }
}
