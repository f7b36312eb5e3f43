package dev.backlight.core.kernel;

/// The tiles of C that the matrix product computes at once: some rows by some vectors, held in
/// registers while k runs.
///
/// A row of A is read element by element wherever it lies: element (i, s) of a tile at `a[ao +
/// i·row
/// + s·step]`, so that A is never copied, stored transposed or not. B is read as vectors: step s at
///   `b[bo + s·ldb]`, where it is or from a packed panel.
///
/// Full tiles are six rows by four vectors with the 32 registers of AVX-512, and four rows by two
/// vectors else. There are no kernels with fewer rows and none with masks, because a kernel that
/// runs rarely is one that C2 has not compiled: the rows that a tile lacks repeat its last one, and
/// columns that C lacks are computed into memory aside.
final class FloatTiles {
  /// Vectors of a full tile.
  static final int VECTORS = FloatLanes.BITS == 512 ? 4 : 2;

  private static final int L = FloatLanes.SPECIES.length();

  /// Columns of a full tile.
  static final int COLUMNS = VECTORS * L;

  /// Elements of the memory aside.
  static final int ASIDE = 6 * COLUMNS;

  private static final boolean SIX = FloatLanes.BITS == 512;

  private FloatTiles() {}

  /// Rows of the next tile, if so many are left: full ones, unless two of four are fuller.
  static int rows(int left) {
    return !SIX || left <= 4 || left == 7 || left == 8 ? 4 : 6;
  }

  /// Columns of the widest tile for so many: some of them may be missing.
  static int width(int columns) {
    int all = (columns + L - 1) / L;
    return all >= VECTORS ? COLUMNS : all >= 2 ? 2 * L : L;
  }

  /// `C = tile`, or `C += tile` with `add`, for the first `rows` rows and `columns` columns of a
  /// tile.
  static void run(
      int rows,
      int columns,
      float[] a,
      int ao,
      int row,
      int step,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add,
      float[] aside) {
    int width = width(columns);
    int vectors = width / L;
    if (columns == width) {
      whole(rows, vectors, a, ao, row, step, b, bo, ldb, k, c, co, ldc, add);
    } else {
      whole(rows, vectors, a, ao, row, step, b, bo, ldb, k, aside, 0, COLUMNS, false);
      store(aside, rows, columns, c, co, ldc, add);
    }
  }

  /// The same for whole vectors.
  static void whole(
      int rows,
      int vectors,
      float[] a,
      int ao,
      int row,
      int step,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    int last = rows - 1;
    if (rows > 4) {
      switch (vectors) {
        case 4 -> FloatSixRows.four(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add);
        case 2 -> FloatSixRows.two(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add);
        default -> FloatSixRows.one(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add);
      }
    } else {
      switch (vectors) {
        case 4 -> FloatFourRows.four(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add);
        case 2 -> FloatFourRows.two(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add);
        default -> FloatFourRows.one(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add);
      }
    }
  }

  /// A full tile that also copies what it reads of B to `panel[to]`, [#COLUMNS] for each step: the
  /// copy costs little, since the registers hold it anyway. Returns how many rows that were.
  static int packing(
      int rows,
      float[] a,
      int ao,
      int row,
      int step,
      float[] b,
      int bo,
      int ldb,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add,
      float[] panel,
      int to) {
    if (SIX) {
      int last = Math.min(rows, 6) - 1;
      FloatSixRows.fourPacking(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add, panel, to);
      return last + 1;
    }
    int last = Math.min(rows, 4) - 1;
    FloatFourRows.twoPacking(a, ao, row, step, last, b, bo, ldb, k, c, co, ldc, add, panel, to);
    return last + 1;
  }

  private static void store(
      float[] tile, int rows, int columns, float[] c, int co, int ldc, boolean add) {
    for (int i = 0; i < rows; i++) {
      int from = i * COLUMNS;
      int to = co + i * ldc;
      if (add) {
        for (int j = 0; j < columns; j++) {
          c[to + j] += tile[from + j];
        }
      } else {
        for (int j = 0; j < columns; j++) {
          c[to + j] = tile[from + j];
        }
      }
    }
  }
}
