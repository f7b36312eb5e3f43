package dev.backlight.core.kernel;

/// Working memory of a matrix product: packed pieces of both factors, and a tile that does not fit
/// into C.
///
/// Of one size from the start, so that a call that meets larger matrices than any before allocates
/// nothing.
final class FloatPanels {
  /// Rows of A in a piece: a multiple of every tile's rows.
  static final int ROWS = 240 * 32 / Float.SIZE;

  /// Columns of B in a piece. With [FloatScalarMatMul#BLOCK] steps the pieces are 1/4 and 1 MiB.
  static final int COLUMNS = 1024 * 32 / Float.SIZE;

  private static final Pool<FloatPanels> POOL = new Pool<>();

  /// Behind the last panel, transposes may write up to a vector more.
  private static final int SLACK = 16;

  final float[] a = new float[ROWS * FloatScalarMatMul.BLOCK + SLACK];
  final float[] b = new float[COLUMNS * FloatScalarMatMul.BLOCK + SLACK];
  final float[] tile = new float[12 * 32];

  /// The chains of a few rows, see [FloatRowProducts].
  final float[] chains = new float[COLUMNS];

  private FloatPanels() {}

  static FloatPanels take() {
    FloatPanels panels = POOL.take();
    return panels == null ? new FloatPanels() : panels;
  }

  static void give(FloatPanels panels) {
    POOL.give(panels);
  }
}
