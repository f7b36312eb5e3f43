package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;

/// The transpose of Winograd's convolution F(4x4, 3x3) in its filters: with V the transformed tiles
/// of the images and `M = A g Aᵀ` those of the cotangent, `dw = Gᵀ (Σ V ⊙ M) G` over all tiles, 36
/// products of channels by tiles with tiles by filters.
///
/// The images are cut into a few parts, by their number alone, each of which sums block by block;
/// in the end the parts' sums are added in order.
final class WinogradWeightF32 extends WinogradF32 {
  /// Parts of the images at most, and elements of all their sums at most.
  private static final int PARTS = 4;

  private static final int SUMS = 1 << 22;

  /// Channels that are transformed back together.
  private static final int CHUNK = 8;

  private final Conv2dShape s;
  private final FloatChannelsLast from;
  private final FloatChannelsLast slopes;
  private final int parts;
  private final int planeOfTiles;
  private final int planeOfSlopes;
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
    int one = ELEMENTS * padded(s.c()) * whole(s.o());
    parts = Math.clamp(SUMS / one, 1, Math.min(PARTS, s.n()));
    from =
        new FloatChannelsLast(
            s.c(), s.h(), s.w(), s.ph(), s.pw(), columns * TILE + 2, WinogradLoopsF32.LANES);
    slopes =
        new FloatChannelsLast(s.o(), s.oh(), s.ow(), 0, 0, columns * TILE, WinogradLoopsF32.LANES);
    planeOfTiles = plane(mostTiles(), padded(s.c()));
    planeOfSlopes = plane(mostTiles(), whole(s.o()));
  }

  @Override
  void compute(float[] x, float[] g, float[] dw) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    FloatScratch memory = FloatScratch.take();
    sums = memory.array(0, parts * ELEMENTS * planeOfSums());
    share(parts, summing);
    share(Math.ceilDiv(s.c(), CHUNK), transforming);
    sums = x;
    FloatScratch.give(memory);
  }

  private int planeOfSums() {
    return plane(FloatTileLoops.padded(s.c()), whole(s.o()));
  }

  private void sum(int part, int worker) {
    FloatTileLoops t = tiles();
    int end = (int) ((long) s.n() * (part + 1) / parts);
    FloatScratch memory = FloatScratch.take();
    float[] v = memory.array(0, ELEMENTS * planeOfTiles);
    float[] m = memory.array(1, ELEMENTS * planeOfSlopes);
    boolean add = false;
    for (int n = (int) ((long) s.n() * part / parts); n < end; n += mostImages()) {
      int some = Math.min(mostImages(), end - n);
      for (int band = 0; band < bands; band++) {
        int row = firstRow(band);
        int count = rowsOf(band);
        for (int i = 0; i < some; i++) {
          imageTiles(t, n + i, row, count, i * count * columns, v, memory);
          slopeTiles(t, n + i, row, count, i * count * columns, m, memory);
        }
        multiply(t, some * count * columns, v, m, part * ELEMENTS * planeOfSums(), add);
        add = true;
      }
    }
    FloatScratch.give(memory);
  }

  /// Transforms some rows of tiles of an image, a few channels at a time.
  private void imageTiles(
      FloatTileLoops t, int n, int firstRow, int count, int tile, float[] v, FloatScratch memory) {
    int lanes = WinogradLoopsF32.LANES;
    int row = from.width() * lanes;
    int step = padded(s.c());
    float[] image = memory.array(2, from.size(mostRows() * TILE + 2));
    float[] aside = memory.array(4, WinogradLoopsF32.ASIDE);
    for (int c = 0; c < s.c(); c += lanes) {
      int some = Math.min(lanes, s.c() - c);
      from.fill(t, x, n, c, some, firstRow * TILE, count * TILE + 2, image, 0);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < columns; j++) {
          int to = (tile + i * columns + j) * step + c;
          int at = TILE * (i * row + j * lanes);
          t.winograd().tile(image, at, row, v, to, planeOfTiles, aside);
        }
      }
    }
  }

  /// The same of the cotangent.
  private void slopeTiles(
      FloatTileLoops t, int n, int firstRow, int count, int tile, float[] m, FloatScratch memory) {
    int lanes = WinogradLoopsF32.LANES;
    int row = slopes.width() * lanes;
    float[] slope = memory.array(3, slopes.size(mostRows() * TILE));
    float[] aside = memory.array(4, WinogradLoopsF32.ASIDE);
    for (int f = 0; f < s.o(); f += lanes) {
      int some = Math.min(lanes, s.o() - f);
      int panel = f / PANEL * PANEL;
      int step = widthOf(panel);
      int first = panel * mostTiles() + f - panel;
      slopes.fill(t, g, n, f, some, firstRow * TILE, count * TILE, slope, 0);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < columns; j++) {
          int to = first + (tile + i * columns + j) * step;
          int at = TILE * (i * row + j * lanes);
          t.winograd().outputTransposed(slope, at, row, m, to, planeOfSlopes, aside);
        }
      }
    }
  }

  /// Columns of a panel of the cotangent's tiles, which comes after so many others.
  private int widthOf(int before) {
    return Math.min(PANEL, whole(s.o()) - before);
  }

  private void multiply(FloatTileLoops t, int count, float[] v, float[] m, int first, boolean add) {
    int in = padded(s.c());
    int out = whole(s.o());
    for (int e = 0; e < ELEMENTS; e++) {
      int ao = e * planeOfTiles;
      for (int j = 0; j < out; j += PANEL) {
        int width = widthOf(j);
        int bo = e * planeOfSlopes + j * mostTiles();
        int co = first + e * planeOfSums() + j;
        t.product(s.c(), width, v, ao, 1, in, m, bo, width, count, sums, co, out, add);
      }
    }
  }

  /// Adds the parts' sums of some channels and transforms them back.
  private void transform(int chunk, int worker) {
    FloatTileLoops t = tiles();
    int width = whole(s.o());
    int first = chunk * CHUNK;
    int some = Math.min(CHUNK, s.c() - first);
    int plane = planeOfSums();
    FloatScratch memory = FloatScratch.take();
    float[] taps = memory.array(0, some * 9 * width);
    float[] aside = memory.array(1, WinogradLoopsF32.ASIDE);
    for (int e = 0; e < ELEMENTS; e++) {
      int at = e * plane + first * width;
      for (int part = 1; part < parts; part++) {
        t.winograd().add(sums, at, at + part * ELEMENTS * plane, some * width);
      }
    }
    for (int c = 0; c < some; c++) {
      for (int f = 0; f < width; f += WinogradLoopsF32.LANES) {
        int at = (first + c) * width + f;
        t.winograd().filterTransposed(sums, at, plane, taps, c * 9 * width + f, width, aside);
      }
    }
    t.transpose(taps, 0, width, some * 9, s.o(), dw, first * 9, s.c() * 9, 0, 0);
    FloatScratch.give(memory);
  }
}
