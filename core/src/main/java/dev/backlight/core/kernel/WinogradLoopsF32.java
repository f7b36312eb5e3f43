package dev.backlight.core.kernel;

/// The transforms of Winograd's convolution F(4x4, 3x3) and their transposes, for a tile of
/// [#LANES] channels that lie side by side, each by itself.
///
/// With filters g of 3 by 3 and tiles d of 6 by 6, the 4 by 4 outputs are `Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d
/// B)]A` (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016, with the
/// points 0, ±1, ±2, ∞). The element (i, j) of a transformed tile, number `6i + j`, lies in a plane
/// of its own.
///
/// The plain loops and the vector loops give the same bits.
interface WinogradLoopsF32 {
  /// Channels of a tile.
  int LANES = 16;

  /// Elements of memory aside.
  int ASIDE = 36 * LANES;

  /// `V = Bᵀ d B`: element (i, j) of d is at `d[from + i·row + j·LANES]`.
  void tile(float[] d, int from, int row, float[] v, int to, int plane, float[] aside);

  /// `y = Aᵀ M A`, 4 by 4: element (i, j) of y is at `y[to + i·row + j·LANES]`.
  void output(float[] m, int from, int plane, float[] y, int to, int row, float[] aside);

  /// The transpose of [#output]: `M = A g Aᵀ`.
  void outputTransposed(float[] g, int from, int row, float[] m, int to, int plane, float[] aside);

  /// `U = G g Gᵀ`: tap t is at `g[from + t·tap]`.
  void filter(float[] g, int from, int tap, float[] u, int to, int plane, float[] aside);

  /// The transpose of [#filter]: `g = Gᵀ U G`.
  void filterTransposed(float[] u, int from, int plane, float[] g, int to, int tap, float[] aside);

  /// `x[to + i] += x[from + i]` for `n` i, a multiple of [#LANES].
  void add(float[] x, int to, int from, int n);
}
