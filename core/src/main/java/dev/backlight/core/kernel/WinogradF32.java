package dev.backlight.core.kernel;

/// What Winograd's convolution and its transposes share: images cut into tiles of 4 by 4 outputs, a
/// block of tiles at a time, whose transformed elements are 36 matrices of tiles by channels.
abstract class WinogradF32 extends FloatConvolution {
  /// Outputs of a tile along each axis.
  static final int TILE = 4;

  /// Elements of a transformed tile.
  static final int ELEMENTS = 36;

  private static final boolean ON = !"false".equals(System.getProperty("dev.backlight.winograd"));

  /// Fewer tiles in an image are not worth the transform of many filters; the same for every batch,
  /// as an image's result must not depend on it.
  private static final int FEW_TILES = 9;

  private static final int VERY_FEW_TILES = 4;

  /// Filters times channels whose transforms fit into the caches.
  private static final int MANY_FILTERS = 1 << 14;

  /// Fewer channels are not worth the tiles' transforms.
  private static final int FEW_CHANNELS = 16;

  /// Elements of a block's matrices: for the second cache, beside the filters and an image. Twice
  /// as many took a fifth longer.
  private static final int BLOCK = 150_000;

  /// A distance of matrices that is a multiple of 4 KiB would have them share few lines of the
  /// first cache.
  private static final int APART = 48;

  final int images;
  final int rows;
  final int columns;

  /// Images and rows of tiles in a block; one of both is 1 or everything.
  final int imagesAtOnce;

  final int rowsAtOnce;

  /// For outputs of `h` by `w` elements, and at least and at most so many tiles in a block.
  WinogradF32(FloatScalarLoops loops, Conv2dShape s, int h, int w, int leastTiles, int mostTiles) {
    super(loops, s.products());
    images = s.n();
    rows = Math.ceilDiv(h, TILE);
    columns = Math.ceilDiv(w, TILE);
    int tiles = Math.clamp(BLOCK / (ELEMENTS * (s.c() + s.o())), leastTiles, mostTiles);
    // Bands of one height.
    rowsAtOnce = Math.ceilDiv(rows, Math.ceilDiv(rows, Math.clamp(tiles / columns, 1, rows)));
    imagesAtOnce = rowsAtOnce < rows ? 1 : Math.clamp(tiles / (rows * columns), 1, images);
  }

  /// Whether it pays, and is wanted: windows of 3 by 3, enough channels and tiles.
  static boolean fits(Conv2dShape s, int h, int w) {
    int tiles = Math.ceilDiv(h, TILE) * Math.ceilDiv(w, TILE);
    int few = (long) s.c() * s.o() <= MANY_FILTERS ? VERY_FEW_TILES : FEW_TILES;
    return ON && isPlain(s) && s.n() > 0 && Math.min(s.c(), s.o()) >= FEW_CHANNELS && tiles >= few;
  }

  private static boolean isPlain(Conv2dShape s) {
    return s.kh() == 3
        && s.kw() == 3
        && s.sh() == 1
        && s.sw() == 1
        && s.dh() == 1
        && s.dw() == 1
        && s.groups() == 1;
  }

  /// Channels as the transforms want them.
  static int padded(int channels) {
    return Math.ceilDiv(channels, WinogradLoopsF32.LANES) * WinogradLoopsF32.LANES;
  }

  /// Blocks of tiles of so many images.
  final int blocks(int images) {
    return Math.ceilDiv(images, imagesAtOnce) * bands();
  }

  final int mostTiles() {
    return imagesAtOnce * rowsAtOnce * columns;
  }

  /// The distance of two of the 36 matrices of so many tiles and channels.
  final int plane(int tiles, int channels) {
    return tiles * channels + APART;
  }

  final int firstImage(int block) {
    return block / bands() * imagesAtOnce;
  }

  final int imagesOf(int block) {
    return Math.min(imagesAtOnce, images - firstImage(block));
  }

  /// The first row of tiles.
  final int firstRow(int block) {
    return block % bands() * rowsAtOnce;
  }

  final int rowsOf(int block) {
    return Math.min(rowsAtOnce, rows - firstRow(block));
  }

  final int tilesOf(int block) {
    return imagesOf(block) * rowsOf(block) * columns;
  }

  private int bands() {
    return Math.ceilDiv(rows, rowsAtOnce);
  }
}
