package dev.backlight.core.kernel;

/// One matrix product, cut into pieces for the caches, and the memory that this takes.
///
/// A piece of C, [#ROWS] by up to [#COLUMNS], stays in the second cache while k runs; within a
/// block of k, the tiles of the piece pass over one panel of B after the other. The panels are
/// packed by the first tiles that read them and serve the pieces below, too. A is read where it
/// lies. The order of every sum is that of [FloatScalarMatMul], bit for bit, and so is not a matter
/// of these sizes.
///
/// Of one size from the start, so that a call that meets larger matrices than any before allocates
/// nothing.
final class FloatBlocks {
  /// Rows of a piece of C: whole tiles of six and of four.
  private static final int ROWS = 96;

  /// Columns of a piece of C.
  private static final int COLUMNS = 512 * 32 / Float.SIZE;

  /// Elements of packed panels: two megabytes. More gained nothing.
  private static final int PACKED = (1 << 19) * 32 / Float.SIZE;

  /// Where the panels begin: at a line of the cache, if the array lies as G1 places large ones, 16
  /// bytes behind a line. Panels that are not aligned cost 3 %.
  private static final int ALIGNED = 48 * 8 / Float.SIZE;

  /// Rows of C from which on packing B pays: below, few tiles read each panel.
  private static final int PACKING = 24;

  private static final Pool<FloatBlocks> POOL = new Pool<>();
  private static final float[] NONE = {};

  private final float[] panels = new float[ALIGNED + PACKED];
  private final float[] aside = new float[FloatTiles.ASIDE];

  // The product at work.
  private float[] a = NONE;
  private float[] b = NONE;
  private float[] c = NONE;
  private int ao;
  private int row;
  private int step;
  private boolean tb;
  private int bo;
  private int ldb;
  private int co;
  private int ldc;
  private boolean accumulate;
  private boolean packs;
  private int block;

  private FloatBlocks() {}

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
    FloatBlocks taken = POOL.take();
    FloatBlocks blocks = taken == null ? new FloatBlocks() : taken;
    blocks.a = a;
    blocks.ao = ao;
    blocks.row = ta ? 1 : lda;
    blocks.step = ta ? lda : 1;
    blocks.b = b;
    blocks.bo = bo;
    blocks.tb = tb;
    blocks.ldb = ldb;
    blocks.c = c;
    blocks.co = co;
    blocks.ldc = ldc;
    blocks.accumulate = accumulate;
    blocks.packs = tb || m >= PACKING;
    blocks.block = FloatScalarMatMul.block(k);
    blocks.run(m, n, k);
    blocks.a = NONE;
    blocks.b = NONE;
    blocks.c = NONE;
    POOL.give(blocks);
  }

  private void run(int m, int n, int k) {
    for (int j = 0; j < n; j += COLUMNS) {
      int columns = Math.min(COLUMNS, n - j);
      // Whole blocks along k, as many as the memory holds.
      int steps = PACKED / packedColumns(columns) / block * block;
      for (int q = 0; q < k; q += steps) {
        int end = Math.min(k, q + steps);
        for (int i = 0; i < m; i += ROWS) {
          piece(i, Math.min(ROWS, m - i), j, columns, q, end);
        }
      }
    }
  }

  /// For how many columns there is memory in a step: if B is read where it is, only the last ones
  /// may need to be packed, which are no whole vectors.
  private int packedColumns(int columns) {
    int tile = FloatTiles.COLUMNS;
    return packs ? (columns + tile - 1) / tile * tile : tile;
  }

  /// What the steps of k from `begin` to before `end` give for a piece of C.
  private void piece(int i, int rows, int j, int columns, int begin, int end) {
    int width = packedColumns(columns);
    for (int p = begin; p < end; p += block) {
      int length = Math.min(block, end - p);
      int at = ALIGNED + (p - begin) * width;
      for (int from = 0; from < columns; ) {
        int wide = FloatTiles.width(columns - from);
        int count = Math.min(wide, columns - from);
        if (packs || count < wide) {
          int done = i == 0 ? pack(rows, p, length, j + from, count, wide, at) : 0;
          tiles(i, rows, done, p, length, j + from, count, panels, at, wide);
          at += wide * length;
        } else {
          tiles(i, rows, 0, p, length, j + from, count, b, bo + p * ldb + j + from, ldb);
        }
        from += count;
      }
    }
  }

  /// Packs a panel of B, and returns for how many rows of C that computed the tile on the way.
  private int pack(int rows, int p, int length, int j, int count, int wide, int at) {
    if (tb) {
      FloatPacking.transposed(b, bo + j * ldb + p, ldb, count, length, panels, at, wide);
      return 0;
    }
    int from = bo + p * ldb + j;
    if (count < FloatTiles.COLUMNS) {
      FloatPacking.panel(b, from, ldb, count, length, panels, at, wide);
      return 0;
    }
    boolean add = accumulate || p > 0;
    int x = ao + p * step;
    return FloatTiles.packing(
        rows, a, x, row, step, b, from, ldb, length, c, co + j, ldc, add, panels, at);
  }

  /// All tiles below each other over one panel of B, from row `done` on.
  private void tiles(
      int i, int rows, int done, int p, int length, int j, int count, float[] y, int yo, int ldy) {
    boolean add = accumulate || p > 0;
    for (int r = done; r < rows; ) {
      int high = Math.min(FloatTiles.rows(rows - r), rows - r);
      int x = ao + (i + r) * row + p * step;
      int z = co + (i + r) * ldc + j;
      FloatTiles.run(high, count, a, x, row, step, y, yo, ldy, length, c, z, ldc, add, aside);
      r += high;
    }
  }
}
