package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.parallel.Threads;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The matrix product of the last two axes, for every index of the equal leading axes: `z[…, i, j]
/// = Σₗ x[…, i, l] · y[…, l, j]`.
///
/// `ta` reads `x` as transposed, of shape (k, m), and `tb` reads `y` so, of shape (n, k): its own
/// derivatives are the same op with other flags, and no operand is ever copied into another order.
public record MatMul(boolean ta, boolean tb) implements Op.Bilinear {
  /// Rows up to which transposing `y` takes a tenth of the product, or more.
  private static final int FEW = 128;

  /// Operations in a microsecond of one thread.
  private static final double FLOPS = 230_000;

  /// Microseconds until all threads have come and gone, and for each part. They come in about two
  /// while they look out for work; what one core has made the other has to fetch.
  private static final double JOIN = 4;

  private static final double PART = 0.5;

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in);
    Shape x = in[0].shape();
    Shape y = in[1].shape();
    int rank = x.rank();
    if (rank < 2
        || y.rank() != rank
        || x.size(ta ? -2 : -1) != y.size(tb ? -1 : -2)
        || !lead(x).equals(lead(y))) {
      throw new ShapeException(misfit(ta, tb, x, y));
    }
    return new Spec[] {in[0].with(x.with(-2, x.size(ta ? -1 : -2)).with(-1, y.size(tb ? -2 : -1)))};
  }

  /// What a matrix product needed, and what came.
  public static String misfit(boolean ta, boolean tb, Shape x, Shape y) {
    boolean batched = x.rank() > 2 || y.rank() > 2;
    String lead = batched ? "…, " : "";
    return "matmul needs ("
        + lead
        + (ta ? "k, m" : "m, k")
        + ") and ("
        + lead
        + (tb ? "n, k" : "k, n")
        + "), got "
        + x
        + " and "
        + y;
  }

  private static Shape lead(Shape shape) {
    return shape.without(-2, -1);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Kernels.run(this, in, out);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    return planned(in, out, Threads.count());
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out, boolean[] fixed) {
    return fixed[1] && turns(in[1], out[0]) ? new Turned(this, in, out) : planned(in, out);
  }

  /// Whether, for many products with one `y`, it pays to transpose that first, once for all.
  public boolean turns(Spec y, Spec z) {
    return tb && y.shape().rank() == 2 && z.shape().size(0) <= FEW;
  }

  /// The product with a `y` that is the same at every run: it is transposed at the first.
  private static final class Turned implements Kernel {
    private static final Permute SWAP = new Permute(List.of(1, 0));

    private final Kernel product;
    private final Block[] in;
    private boolean done;

    Turned(MatMul op, Spec[] in, Spec[] out) {
      Spec turned = SWAP.infer(in[1])[0];
      product = new MatMul(op.ta, false).planned(new Spec[] {in[0], turned}, out);
      Block y = Block.allocate(turned);
      this.in = new Block[] {y, y};
    }

    @Override
    public void run(Block[] in, Block[] out) {
      if (!done) {
        SWAP.run(new Block[] {in[1]}, new Block[] {this.in[1]});
        done = true;
      }
      this.in[0] = in[0];
      product.run(this.in, out);
    }
  }

  /// As [#planned(Spec[], Spec[])], cut for so many threads.
  Kernel planned(Spec[] in, Spec[] out, int threads) {
    View x = View.of(in[0].shape());
    View y = View.of(in[1].shape());
    return Objects.requireNonNull(
        planned(x, y, View.of(out[0].shape()), out[0].dtype(), threads), "packed ones will do");
  }

  /// The kernel for factors and a product that lie elsewhere in the memory that it is given, with
  /// the same bits; `null` if it cannot go by those strides: rows or columns of the factors, and
  /// rows of the product, need to lie in one piece.
  public @Nullable Kernel planned(View x, View y, View z, DType dtype) {
    return planned(x, y, z, dtype, Threads.count());
  }

  private @Nullable Kernel planned(View x, View y, View z, DType dtype, int threads) {
    Product.Factor a = Product.Factor.of(x, ta);
    Product.Factor b = Product.Factor.of(y, tb);
    Product.Factor c = Product.Factor.of(z, false);
    if (a == null || b == null || c == null || c.turned()) {
      return null;
    }
    int m = a.rows();
    int n = b.columns();
    int k = a.columns();
    int batch = c.starts().length;
    if (batch != 1) {
      int parts = batch == 0 ? 1 : Split.parts(batch, 2L * batch * m * n * k);
      return new Product(a, b, c, k, parts, 1, 1);
    }
    int[] grid = grid(m, n, k, b.turned(), dtype, threads);
    return new Product(a, b, c, k, 1, grid[0], grid[1]);
  }

  /// Into how many rows and columns of parts C is best cut: the time of a thread is that of its
  /// tiles and of copying its columns of `y` into packed ones, which takes about as long as a row
  /// of tiles, from a transposed `y` three.
  private static int[] grid(int m, int n, int k, boolean turned, DType dtype, int threads) {
    int down = Math.ceilDiv(m, Product.ROWS);
    int across = Math.ceilDiv(n, Product.COLUMNS);
    double tile =
        2.0 * Product.ROWS * Product.COLUMNS * k / (dtype == DType.F32 ? FLOPS : FLOPS / 2);
    int[] best = {1, 1};
    double least = (down + (turned ? 3 : 1)) * (double) across * tile;
    for (int r = 1; r <= Math.min(down, 4 * threads); r++) {
      for (int c = 1; c <= Math.min(across, 4 * threads / r); c++) {
        double part =
            (Math.ceilDiv(down, r) + (turned ? 3 : 1)) * (double) Math.ceilDiv(across, c) * tile;
        double time = JOIN + Math.ceilDiv(r * c, threads) * (part + PART);
        if (r * c > 1 && time < least) {
          least = time;
          best = new int[] {r, c};
        }
      }
    }
    return best;
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return 2L * out[0].shape().elements() * in[0].shape().size(ta ? -2 : -1);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor g = at.g();
    if (i == 0) {
      Tensor y = at.x(1);
      return ta
          ? Tensor.apply(new MatMul(tb, true), y, g)
          : Tensor.apply(new MatMul(false, !tb), g, y);
    }
    Tensor x = at.x(0);
    return tb
        ? Tensor.apply(new MatMul(true, ta), g, x)
        : Tensor.apply(new MatMul(!ta, false), x, g);
  }

  /// A shared matrix is multiplied once with the rows, or the columns, of all examples, unless that
  /// moves more elements than repeating it.
  @Override
  public Tensor[] batch(Batch at) {
    if (at.one(0).rank() == 2 && !at.isMapped(1)) {
      return new Tensor[] {rows(at)};
    }
    int m = at.one(0).size(ta ? -1 : -2);
    int k = at.one(0).size(ta ? -2 : -1);
    int p = at.one(1).size(tb ? -2 : -1);
    long folding = (tb || p == 1 || k == 1 ? 0L : (long) k * p) + (m == 1 ? 0L : (long) m * p);
    if (at.one(0).rank() == 2 && !at.isMapped(0) && folding <= (long) m * k) {
      return new Tensor[] {columns(at)};
    }
    return Tensor.applyAll(this, at.all());
  }

  /// All `x` above each other, times `y`.
  private Tensor rows(Batch at) {
    Tensor x = ta ? Axes.swap(at.x(0), 1) : at.x(0);
    int n = at.size();
    int m = x.size(1);
    Tensor tall = x.reshape(Shape.of(n * m, x.size(2)));
    Tensor z = Tensor.apply(new MatMul(false, tb), tall, at.x(1));
    return z.reshape(Shape.of(n, m, z.size(1)));
  }

  /// `x` times all `y` side by side.
  private Tensor columns(Batch at) {
    Tensor y = tb ? at.x(1) : Axes.swap(at.x(1), 1);
    int n = at.size();
    int p = y.size(1);
    Tensor tall = y.reshape(Shape.of(n * p, y.size(2)));
    Tensor z = Tensor.apply(new MatMul(ta, true), at.x(0), tall);
    return Axes.swap(z.reshape(Shape.of(z.size(0), n, p)), 0);
  }
}
