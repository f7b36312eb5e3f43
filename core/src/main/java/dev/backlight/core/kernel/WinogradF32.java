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

  /// Tiles of a block at most, unless one row has more. Any number from 30 to 130 is as fast.
  static final int TILES = 64;

  /// Columns of a panel of a right factor: those of the widest tile of a product.
  static final int PANEL = 4 * WinogradLoopsF32.LANES;

  /// A distance of matrices that is a multiple of 4 KiB would have them share few lines of the
  /// first cache.
  private static final int APART = 48;

  final int images;
  final int rows;
  final int columns;

  /// Pieces that the images are cut into.
  final int groups;

  /// Pieces that the rows of each image are cut into.
  final int bands;

  /// For outputs of `h` by `w` elements, in blocks that keep so many threads busy.
  WinogradF32(FloatScalarLoops loops, Conv2dShape s, int h, int w, int threads) {
    super(loops, s.products());
    images = s.n();
    rows = Math.ceilDiv(h, TILE);
    columns = Math.ceilDiv(w, TILE);
    bands = cut(rows, TILES / columns, images, threads);
    groups = bands > 1 ? images : cut(images, TILES / (rows * columns), 1, threads);
  }

  /// How many pieces to cut `n` into, at most `most` in each, where this is done so many times: all
  /// threads should have as much to do.
  private static int cut(int n, int most, int times, int threads) {
    int pieces = Math.ceilDiv(n, Math.clamp(most, 1, n));
    while (pieces < n && times * pieces < 4 * threads && times * pieces % threads != 0) {
      pieces++;
    }
    return pieces;
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

  /// As many columns of a right factor as tiles of a product have.
  static int whole(int columns) {
    return Math.ceilDiv(columns, PANEL / 2) * (PANEL / 2);
  }

  final int blocks() {
    return groups * bands;
  }

  final int mostImages() {
    return Math.ceilDiv(images, groups);
  }

  final int mostRows() {
    return Math.ceilDiv(rows, bands);
  }

  final int mostTiles() {
    return mostImages() * mostRows() * columns;
  }

  /// The distance of two of the 36 matrices of so many tiles and channels.
  final int plane(int tiles, int channels) {
    return tiles * channels + APART;
  }

  final int firstImage(int block) {
    return (int) ((long) images * (block / bands) / groups);
  }

  final int imagesOf(int block) {
    return firstImage(block + bands) - firstImage(block);
  }

  /// The first row of tiles.
  final int firstRow(int block) {
    return rows * (block % bands) / bands;
  }

  final int rowsOf(int block) {
    return rows * (block % bands + 1) / bands - firstRow(block);
  }

  final int tilesOf(int block) {
    return imagesOf(block) * rowsOf(block) * columns;
  }
}
