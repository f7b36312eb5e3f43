package dev.backlight.core.kernel;

import java.util.Arrays;

/// The matrix product in vectors: both factors are copied into panels that lie as [FloatTiles]
/// reads them, piece by piece, and each piece is used many times while it is in cache.
///
/// A piece of B is [FloatScalarMatMul#BLOCK] steps by up to [FloatPanels#COLUMNS] columns, a piece
/// of A as many steps by up to [FloatPanels#ROWS] rows. The order of every sum is that of
/// [FloatScalarMatMul], bit for bit, and so is not a matter of these sizes.
final class FloatMatMul {
  private static final int BLOCK = FloatScalarMatMul.BLOCK;
  private static final int L = FloatLanes.SPECIES.length();

  /// Rows of a full tile: 12 with the 32 wide registers of AVX-512, else 4.
  private static final int TILE_ROWS = FloatLanes.BITS == 512 ? 12 : 4;

  private static final int TILE_COLUMNS = 2 * L;

  // Below these numbers of products, packing costs more than it saves.
  private static final long FEW = 8192;
  private static final long VERY_FEW = 1024;

  // Below so many rows the matrix B is read where it is (784 by 256 floats: 11.5 µs per row, packed
  // 58 in all).
  private static final int FEW_ROWS = 6;

  private FloatMatMul() {}

  static void matmul(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean accumulate) {
    if (m == 0 || n == 0) {
      return;
    }
    long work = (long) m * n * k;
    if (k == 0 && !accumulate) {
      for (int i = 0; i < m; i++) {
        Arrays.fill(c, co + i * ldc, co + i * ldc + n, 0f);
      }
    } else if (!tb && n >= L && (m < FEW_ROWS || work <= FEW)) {
      FloatRowProducts.matmul(ta, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    } else if (work <= VERY_FEW) {
      FloatScalarMatMul.matmul(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, accumulate);
    } else {
      FloatPanels memory = FloatPanels.take();
      if (n < TILE_COLUMNS && m > n) {
        // Few columns would leave most lanes empty: the transposed product has them as rows. A
        // product's
        // factors commute, so the bits are the same.
        packed(!tb, !ta, n, m, k, b, bo, ldb, a, ao, lda, c, co, 1, ldc, accumulate, memory);
      } else {
        packed(ta, tb, m, n, k, a, ao, lda, b, bo, ldb, c, co, ldc, 1, accumulate, memory);
      }
      FloatPanels.give(memory);
    }
  }

  /// Element (i, j) of C is at `co + i·rowStep + j·columnStep`.
  private static void packed(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int rowStep,
      int columnStep,
      boolean accumulate,
      FloatPanels memory) {
    // Even pieces, so that none is left with a few rows only.
    int rows = even(m, FloatPanels.ROWS, TILE_ROWS);
    int columns = even(n, FloatPanels.COLUMNS, TILE_COLUMNS);
    float[] pa = memory.a;
    float[] pb = memory.b;
    for (int j = 0; j < n; j += columns) {
      int nj = Math.min(columns, n - j);
      for (int p = 0; p < k; p += BLOCK) {
        int kp = Math.min(BLOCK, k - p);
        packColumns(tb, b, bo, ldb, p, kp, j, nj, pb);
        for (int i = 0; i < m; i += rows) {
          int mi = Math.min(rows, m - i);
          packRows(ta, a, ao, lda, i, mi, p, kp, pa);
          int at = co + i * rowStep + j * columnStep;
          tiles(mi, nj, kp, pa, pb, c, at, rowStep, columnStep, accumulate || p > 0, memory.tile);
        }
      }
    }
  }

  /// The largest piece of a length, if it is cut into the fewest even pieces of at most `most`
  /// elements that are whole tiles.
  private static int even(int length, int most, int tile) {
    int pieces = (length + most - 1) / most;
    return ((length + pieces - 1) / pieces + tile - 1) / tile * tile;
  }

  private static void packColumns(
      boolean tb, float[] b, int bo, int ldb, int p, int kp, int j, int nj, float[] pb) {
    for (int from = 0; from < nj; from += TILE_COLUMNS) {
      int first = tb ? bo + (j + from) * ldb + p : bo + p * ldb + j + from;
      int count = Math.min(TILE_COLUMNS, nj - from);
      FloatPacking.panel(tb, b, first, ldb, count, kp, pb, from * kp, TILE_COLUMNS);
    }
  }

  private static void packRows(
      boolean ta, float[] a, int ao, int lda, int i, int mi, int p, int kp, float[] pa) {
    for (int from = 0; from < mi; ) {
      int height = height(mi - from);
      int first = ta ? ao + p * lda + i + from : ao + (i + from) * lda + p;
      int count = Math.min(height, mi - from);
      FloatPacking.panel(!ta, a, first, lda, count, kp, pa, from * kp, height);
      from += height;
    }
  }

  /// Rows of the next tile, if so many are left.
  private static int height(int left) {
    return TILE_ROWS == 4 || left <= 4 ? 4 : left <= 8 ? 8 : 12;
  }

  /// All tiles of a piece of C.
  private static void tiles(
      int m,
      int n,
      int k,
      float[] pa,
      float[] pb,
      float[] c,
      int co,
      int rowStep,
      int columnStep,
      boolean add,
      float[] aside) {
    for (int j = 0; j < n; j += TILE_COLUMNS) {
      int width = Math.min(TILE_COLUMNS, n - j);
      for (int i = 0; i < m; ) {
        int height = height(m - i);
        int count = Math.min(height, m - i);
        int at = co + i * rowStep + j * columnStep;
        if (width == TILE_COLUMNS && count == height && columnStep == 1) {
          tile(height, pa, i * k, pb, j * k, k, c, at, rowStep, add);
        } else {
          tile(height, pa, i * k, pb, j * k, k, aside, 0, TILE_COLUMNS, false);
          store(aside, count, width, c, at, rowStep, columnStep, add);
        }
        i += height;
      }
    }
  }

  private static void tile(
      int height,
      float[] pa,
      int ai,
      float[] pb,
      int bi,
      int k,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    switch (height) {
      case 12 -> FloatTiles.rows12(pa, ai, pb, bi, k, c, co, ldc, add);
      case 8 -> FloatTiles.rows8(pa, ai, pb, bi, k, c, co, ldc, add);
      default -> FloatTiles.rows4(pa, ai, pb, bi, k, c, co, ldc, add);
    }
  }

  /// The part of a tile that is in C.
  private static void store(
      float[] tile,
      int rows,
      int columns,
      float[] c,
      int co,
      int rowStep,
      int columnStep,
      boolean add) {
    for (int i = 0; i < rows; i++) {
      int from = i * TILE_COLUMNS;
      int to = co + i * rowStep;
      if (add) {
        for (int j = 0; j < columns; j++) {
          c[to + j * columnStep] += tile[from + j];
        }
      } else {
        for (int j = 0; j < columns; j++) {
          c[to + j * columnStep] = tile[from + j];
        }
      }
    }
  }
}
