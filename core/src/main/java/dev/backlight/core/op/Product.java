package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The kernel of a [MatMul] for one size, cut into pieces of the batch, of rows or of columns.
/// Every element is the same sum in the same order whatever the pieces, and wherever the factors
/// lie.
final class Product extends Split {
  // The largest tile of the kernels, in F32.
  static final int ROWS = 6;
  static final int COLUMNS = 64;

  private final Factor x;
  private final Factor y;
  private final Factor z;
  private final int m;
  private final int n;
  private final int k;
  private final int inBatch;
  private final int inRows;
  private final int inColumns;

  Product(Factor x, Factor y, Factor z, int k, int inBatch, int inRows, int inColumns) {
    super(inBatch * inRows * inColumns);
    this.x = x;
    this.y = y;
    this.z = z;
    this.m = z.rows;
    this.n = z.columns;
    this.k = k;
    this.inBatch = inBatch;
    this.inRows = inRows;
    this.inColumns = inColumns;
  }

  /// The matrices that one of the tensors is.
  ///
  /// @param turned whether its columns, rather than its rows, lie in one piece
  /// @param apart how far apart the pieces lie
  /// @param starts where each matrix begins
  record Factor(int rows, int columns, boolean turned, int apart, int[] starts) {
    /// Those of a view, as stored or, if `transposed`, with rows and columns exchanged; `null` if
    /// neither lie in one piece.
    static @Nullable Factor of(View view, boolean transposed) {
      Shape shape = view.shape();
      int rows = shape.size(-2);
      int columns = shape.size(-1);
      boolean inRows = columns == 1 || view.stride(-1) == 1;
      boolean inColumns = rows == 1 || view.stride(-2) == 1;
      int apart = inRows ? view.stride(-2) : view.stride(-1);
      if (!(inRows || inColumns) || (apart == 0 && rows > 1 && columns > 1)) {
        return null;
      }
      return new Factor(
          transposed ? columns : rows,
          transposed ? rows : columns,
          transposed == inRows,
          apart,
          starts(view));
    }

    private static int[] starts(View view) {
      Shape lead = view.shape().without(-2, -1);
      int[] starts = new int[lead.elements()];
      for (int b = 0; b < starts.length; b++) {
        int left = b;
        starts[b] = view.start();
        for (int a = lead.rank() - 1; a >= 0; a--) {
          starts[b] += left % lead.size(a) * view.stride(a);
          left /= lead.size(a);
        }
      }
      return starts;
    }

    /// Where row `row` and column `column` of matrix `b` is.
    int at(int b, int row, int column) {
      return starts[b] + (turned ? column * apart + row : row * apart + column);
    }
  }

  @Override
  void run(int part, int parts, Block[] in, Block[] out) {
    int down = inBatch > 1 ? 0 : part / inColumns;
    int across = inBatch > 1 ? 0 : part % inColumns;
    int top = edge(down, inRows, m, ROWS);
    int bottom = edge(down + 1, inRows, m, ROWS);
    int left = edge(across, inColumns, n, COLUMNS);
    int right = edge(across + 1, inColumns, n, COLUMNS);
    int batch = z.starts.length;
    int end = inBatch > 1 ? begin(part + 1, inBatch, batch) : batch;
    for (int b = inBatch > 1 ? begin(part, inBatch, batch) : 0; b < end; b++) {
      product(b, top, bottom, left, right, in, out);
    }
  }

  /// Where a piece of so many begins: at a whole tile.
  private static int edge(int piece, int pieces, int size, int tile) {
    return Math.min(size, begin(piece, pieces, Math.ceilDiv(size, tile)) * tile);
  }

  private void product(int b, int top, int bottom, int left, int right, Block[] in, Block[] out) {
    int rows = bottom - top;
    int columns = right - left;
    if (rows == 0 || columns == 0) {
      return;
    }
    if (out[0].dtype() == DType.F32) {
      FloatLoops.current()
          .matmul(
              x.turned,
              y.turned,
              rows,
              columns,
              k,
              in[0].f32(),
              x.at(b, top, 0),
              x.apart,
              in[1].f32(),
              y.at(b, 0, left),
              y.apart,
              out[0].f32(),
              z.at(b, top, left),
              z.apart,
              false);
    } else {
      DoubleLoops.current()
          .matmul(
              x.turned,
              y.turned,
              rows,
              columns,
              k,
              in[0].f64(),
              x.at(b, top, 0),
              x.apart,
              in[1].f64(),
              y.at(b, 0, left),
              y.apart,
              out[0].f64(),
              z.at(b, top, left),
              z.apart,
              false);
    }
  }
}
