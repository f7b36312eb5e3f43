package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;

/// The transpose of Winograd's convolution F(4x4, 3x3) in its filters: with V the transformed tiles
/// of the images and `M = A g Aᵀ` those of the cotangent, `dw = Gᵀ (Σ V ⊙ M) G` over all tiles, 36
/// products of channels by tiles with tiles by filters.
///
/// The sums of some channels and some filters stay in the second cache while the tiles pass by;
/// each of these pieces transforms the tiles it needs. If that makes few units of work, the images
/// are cut into a few parts, by their number alone, and in the end the parts' sums are added in
/// order.
final class WinogradWeightF32 extends WinogradF32 {
  /// Units to cut the work into, if there are as many images, and elements of all sums at most.
  private static final int UNITS = 4;

  private static final int SUMS = 1 << 22;

  /// Channels that are transformed back together.
  private static final int CHUNK = 8;

  private static final int LANES = WinogradLoopsF32.LANES;

  private final Conv2dShape s;
  private final FloatChannelsLast from;
  private final FloatChannelsLast slopes;
  private final int pieces;
  private final int parts;
  private final int planeOfTiles;
  private final int planeOfSlopes;
  private final int planeOfSums;
  private final Threads.Task summing = this::sum;
  private final Threads.Task transforming = this::transform;
  private float[] x = {};
  private float[] g = {};
  private float[] dw = {};
  private float[] sums = {};

  WinogradWeightF32(FloatScalarLoops loops, Conv2dShape s) {
    // Bits depend on the blocks, so they must not depend on threads.
    super(loops, s, s.oh(), s.ow(), 1);
    this.s = s;
    from = new FloatChannelsLast(s.c(), s.h(), s.w(), s.ph(), s.pw(), columns * TILE + 2, LANES);
    slopes = new FloatChannelsLast(s.o(), s.oh(), s.ow(), 0, 0, columns * TILE, LANES);
    int channels = Math.min(PANEL, padded(s.c()));
    int filters = Math.min(PANEL, whole(s.o()));
    planeOfTiles = plane(mostTiles(), channels);
    planeOfSlopes = plane(mostTiles(), filters);
    planeOfSums = plane(channels, filters);
    pieces = Math.ceilDiv(s.c(), PANEL) * Math.ceilDiv(s.o(), PANEL);
    int most = Math.max(1, SUMS / (pieces * ELEMENTS * planeOfSums));
    parts = Math.clamp(Math.ceilDiv(UNITS, pieces), 1, Math.min(most, s.n()));
  }

  @Override
  void compute(float[] x, float[] g, float[] dw) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    FloatScratch memory = FloatScratch.take();
    sums = memory.array(0, parts * pieces * ELEMENTS * planeOfSums);
    share(parts * pieces, summing);
    share(pieces * (PANEL / CHUNK), transforming);
    sums = x;
    FloatScratch.give(memory);
  }

  private int firstChannel(int piece) {
    return piece / Math.ceilDiv(s.o(), PANEL) * PANEL;
  }

  private int channels(int piece) {
    return Math.min(PANEL, s.c() - firstChannel(piece));
  }

  private int firstFilter(int piece) {
    return piece % Math.ceilDiv(s.o(), PANEL) * PANEL;
  }

  private int filters(int piece) {
    return Math.min(PANEL, s.o() - firstFilter(piece));
  }

  /// Sums the products of a piece over the images of a part.
  private void sum(int unit, int worker) {
    int part = unit / pieces;
    int piece = unit % pieces;
    int end = (int) ((long) s.n() * (part + 1) / parts);
    FloatScratch memory = FloatScratch.take();
    float[] v = memory.array(0, ELEMENTS * planeOfTiles);
    float[] m = memory.array(1, ELEMENTS * planeOfSlopes);
    boolean add = false;
    for (int n = (int) ((long) s.n() * part / parts); n < end; n += mostImages()) {
      int some = Math.min(mostImages(), end - n);
      for (int band = 0; band < bands; band++) {
        int tiles = rowsOf(band) * columns;
        for (int i = 0; i < some; i++) {
          imageTiles(piece, n + i, band, i * tiles, v, memory);
          slopeTiles(piece, n + i, band, i * tiles, m, memory);
        }
        multiply(piece, some * tiles, v, m, unit * ELEMENTS * planeOfSums, add);
        add = true;
      }
    }
    FloatScratch.give(memory);
  }

  /// Transforms a band of an image to the tiles from `tile` on, a few channels at a time.
  private void imageTiles(int piece, int n, int band, int tile, float[] v, FloatScratch memory) {
    FloatTileLoops t = tiles();
    int row = from.width() * LANES;
    int top = firstRow(band) * TILE;
    int step = padded(channels(piece));
    float[] image = memory.array(2, from.size(mostRows() * TILE + 2));
    float[] aside = memory.array(4, WinogradLoopsF32.ASIDE);
    for (int c = 0; c < channels(piece); c += LANES) {
      int count = Math.min(LANES, channels(piece) - c);
      int height = rowsOf(band) * TILE + 2;
      from.fill(t, x, n, firstChannel(piece) + c, count, top, height, image, 0);
      for (int i = 0; i < rowsOf(band); i++) {
        for (int j = 0; j < columns; j++) {
          int at = TILE * (i * row + j * LANES);
          int to = (tile + i * columns + j) * step + c;
          t.winograd().tile(image, at, row, v, to, planeOfTiles, aside);
        }
      }
    }
  }

  /// The same of the cotangent.
  private void slopeTiles(int piece, int n, int band, int tile, float[] m, FloatScratch memory) {
    FloatTileLoops t = tiles();
    int row = slopes.width() * LANES;
    int top = firstRow(band) * TILE;
    int step = whole(filters(piece));
    float[] slope = memory.array(3, slopes.size(mostRows() * TILE));
    float[] aside = memory.array(4, WinogradLoopsF32.ASIDE);
    for (int f = 0; f < filters(piece); f += LANES) {
      int count = Math.min(LANES, filters(piece) - f);
      int height = rowsOf(band) * TILE;
      slopes.fill(t, g, n, firstFilter(piece) + f, count, top, height, slope, 0);
      for (int i = 0; i < rowsOf(band); i++) {
        for (int j = 0; j < columns; j++) {
          int at = TILE * (i * row + j * LANES);
          int to = (tile + i * columns + j) * step + f;
          t.winograd().outputTransposed(slope, at, row, m, to, planeOfSlopes, aside);
        }
      }
    }
  }

  private void multiply(int piece, int count, float[] v, float[] m, int first, boolean add) {
    FloatTileLoops t = tiles();
    int channels = channels(piece);
    int in = padded(channels);
    int out = whole(filters(piece));
    for (int e = 0; e < ELEMENTS; e++) {
      int ao = e * planeOfTiles;
      int bo = e * planeOfSlopes;
      int co = first + e * planeOfSums;
      t.product(channels, out, v, ao, 1, in, m, bo, out, count, sums, co, out, add);
    }
  }

  /// Adds the parts' sums of some channels of a piece and transforms them back.
  private void transform(int unit, int worker) {
    int piece = unit / (PANEL / CHUNK);
    int first = unit % (PANEL / CHUNK) * CHUNK;
    int some = Math.min(CHUNK, channels(piece) - first);
    if (some <= 0) {
      return;
    }
    FloatTileLoops t = tiles();
    int width = whole(filters(piece));
    int begin = piece * ELEMENTS * planeOfSums + first * width;
    FloatScratch memory = FloatScratch.take();
    float[] taps = memory.array(0, CHUNK * 9 * width);
    float[] aside = memory.array(1, WinogradLoopsF32.ASIDE);
    for (int e = 0; e < ELEMENTS; e++) {
      int at = begin + e * planeOfSums;
      for (int part = 1; part < parts; part++) {
        t.winograd().add(sums, at, at + part * pieces * ELEMENTS * planeOfSums, some * width);
      }
    }
    for (int c = 0; c < some; c++) {
      for (int f = 0; f < width; f += LANES) {
        int at = begin + c * width + f;
        t.winograd().filterTransposed(sums, at, planeOfSums, taps, c * 9 * width + f, width, aside);
      }
    }
    int to = (firstFilter(piece) * s.c() + firstChannel(piece) + first) * 9;
    t.transpose(taps, 0, width, some * 9, filters(piece), dw, to, s.c() * 9, 0, 0);
    FloatScratch.give(memory);
  }
}
