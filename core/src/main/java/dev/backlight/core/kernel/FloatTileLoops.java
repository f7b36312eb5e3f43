package dev.backlight.core.kernel;

/// The inner loops of convolutions: tiles of a matrix product whose factors are used as they lie,
/// and the transpose that brings channels together.
///
/// A tile is `height` rows, 12, 8 or 4, by [#columns] columns, and each of its elements one chain
/// of fused multiply-adds along k that starts at 0. Element i of step k of A is at `a[ao + i·ar +
/// k·as]`. The plain loops and the vector loops give the same bits.
interface FloatTileLoops {
  /// Rows of a full tile, a multiple of 4.
  int rows();

  /// Columns of every tile.
  int columns();

  /// Rows of the next tile, if so many are left; those that are not there are computed too.
  default int height(int left) {
    return rows() == 4 || left <= 4 ? 4 : left <= 8 ? 8 : 12;
  }

  /// How many rows the tiles of `count` rows have together.
  static int padded(int count) {
    return Math.ceilDiv(count, 4) * 4;
  }

  /// `C = A·B`, or `C += …` with `add`: step k of B is the `columns()` elements from `b[bo +
  /// k·bs]`.
  void tile(
      int height,
      float[] a,
      int ao,
      int ar,
      int as,
      float[] b,
      int bo,
      int bs,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add);

  /// `C = A·B`, or `C += …` with `add`, in tiles as large as pay. There are `columns` columns, a
  /// multiple of [#columns()]; up to [#padded(int)] of them, rows that are not there may be
  /// computed too.
  default void product(
      int rows,
      int columns,
      float[] a,
      int ao,
      int ar,
      int as,
      float[] b,
      int bo,
      int bs,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    for (int j = 0; j < columns; j += columns()) {
      int height;
      for (int i = 0; i < rows; i += height) {
        height = height(rows - i);
        tile(height, a, ao + i * ar, ar, as, b, bo + j, bs, k, c, co + i * ldc + j, ldc, add);
      }
    }
  }

  /// A panel for B: step k of it, at `y[k · columns()]`, is the `columns()` elements from `b[bo +
  /// at[from
  /// + k]]`.
  void panel(float[] b, int bo, int[] at, int from, int k, float[] y);

  /// `y[yo + j·ys + i] = x[xo + i·xs + j]` for `lines` i and `steps` j. So many more i, and for
  /// these and all others so many more j, as are to `spare` may be written, with anything.
  void transpose(
      float[] x,
      int xo,
      int xs,
      int lines,
      int steps,
      float[] y,
      int yo,
      int ys,
      int spareLines,
      int spareSteps);

  /// `y[yo + j] = x[xo + 2·j]` for `n` j. So many more j as are to `spare` may be written, with
  /// anything.
  void everySecond(float[] x, int xo, int n, float[] y, int yo, int spare);

  /// `y[yo + 2·j] = x[xo + j]` and `y[yo + 2·j + 1] = x[zo + j]` for `n` j.
  void zip(float[] x, int xo, int zo, int n, float[] y, int yo);

  /// `rows` rows of `length` elements that are `step` apart, each filled up with zeros to `width`,
  /// a multiple of [#LANES].
  void widen(float[] x, int xo, int step, int length, int rows, float[] y, int yo, int width);

  /// `y[yo + i·columns + j] = Σ w[wo + k] · x[at[k] + i·xs + j]` over all k for `rows` i and
  /// `columns` j, one chain of fused multiply-adds each that starts at 0. What follows of y before
  /// `end` may be written, with anything, and of x up to four rows and a tile be looked at; `aside`
  /// are four times [#columns()] elements.
  void windows(
      float[] x,
      int xs,
      int[] at,
      float[] w,
      int wo,
      float[] y,
      int yo,
      int end,
      int rows,
      int columns,
      float[] aside);

  /// Adds what nine taps of 3 by 3 see to the sums of two filters: `sums[so + ((f·9 + t)·LANES +
  /// l)] += Σ g[go + f·other + i] · x[xo + u·row + v·apart + i]` over i = l, l + LANES, … below
  /// `n`, in one chain, for tap `t = 3u + v`.
  void nineTaps(
      float[] x,
      int xo,
      int apart,
      int row,
      float[] g,
      int go,
      int other,
      int n,
      float[] sums,
      int so);

  /// Chains side by side of a sum over positions.
  int LANES = 16;

  // F32 only
  /// The transforms of Winograd's convolution.
  WinogradLoopsF32 winograd();

  // end F32 only

  /// How many steps of a transpose may always be to spare in memory of our own.
  int SLACK = 16;
}
