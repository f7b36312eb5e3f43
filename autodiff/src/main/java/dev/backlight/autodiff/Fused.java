package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.RowKernel;
import dev.backlight.core.parallel.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Nodes as one: every piece of the inputs goes through all of them before the next piece is looked
/// at. Made by [Fusion] for players; it has no derivative, because derivatives are taken of tapes.
///
/// The nodes are pointwise, or go along rows: then a piece is some whole rows, and besides the
/// values that are as large as the group there are narrow ones of one number a row, which spread
/// over their rows again.
///
/// A step works on registers, pieces that stay in the first-level cache. It runs the very kernel of
/// its op, so the bits are those of the nodes apart. The last piece overlaps the one before instead
/// of being shorter. Pieces are shared among [Threads].
///
/// @param columns how long a row is, 0 if there are none
record Fused(
    int elements,
    int columns,
    List<Read> reads,
    List<Step> steps,
    List<Integer> writes,
    List<Register> registers)
    implements Op.Nested {
  /// Elements of a piece: a dozen float registers fit into 48 KiB.
  static final int PIECE = 1024;

  /// Elements of a piece of rows, unless a row is longer: calls of several rows pay.
  private static final int MANY = 4096;

  /// Pieces that one thread takes at a time.
  static final int RUN = 8;

  /// Memory for a piece of one value.
  ///
  /// @param narrow whether it is one number a row
  record Register(DType dtype, boolean narrow) {}

  /// How the elements of an input follow each other in the group: each of `period` elements `times`
  /// times, and all of that again and again. With a period of 0 they are as many as the register
  /// stands for.
  ///
  /// @param register where a piece of it goes
  record Read(int register, int period, int times) {
    static final Read WHOLE = new Read(-1, 0, 1);

    /// The pattern of a broadcast, or `null` if it has no such pattern.
    static @Nullable Read repeated(Shape from, Shape to) {
      int lead = to.rank() - from.rank();
      int axis = to.rank() - 1;
      int times = 1;
      while (axis >= 0 && (axis < lead || from.size(axis - lead) == 1)) {
        times *= to.size(axis--);
      }
      int period = 1;
      while (axis >= lead && (from.size(axis - lead) == to.size(axis))) {
        period *= to.size(axis--);
      }
      while (axis >= 0 && (axis < lead || from.size(axis - lead) == 1)) {
        axis--;
      }
      return axis < 0 ? new Read(-1, period, times) : null;
    }

    boolean isWhole() {
      return period == 0;
    }
  }

  /// One of the nodes.
  ///
  /// @param specs of what it reads
  /// @param in registers that it reads
  /// @param out registers that it writes
  record Step(Node node, List<Spec> specs, List<Integer> in, List<Integer> out) {
    /// Whether it spreads numbers of rows over their rows.
    boolean spreads() {
      return node.op() instanceof Expand;
    }

    Spec[] specArray() {
      return specs.toArray(Spec[]::new);
    }
  }

  /// Whether a step goes along rows.
  boolean isAlongRows(Step step) {
    return columns > 0 && RowKernel.columns(step.node.op(), step.specArray()) == columns;
  }

  /// Whether a register has one number a row.
  boolean isNarrow(int register) {
    return registers.get(register).narrow;
  }

  /// Elements of a piece.
  int piece() {
    return columns == 0 ? PIECE : columns * rows();
  }

  /// How many parts of `run` elements, a whole number of pieces, `elements` are shared as. The last
  /// takes the rest; it takes what would be less than a piece, too, because the last piece begins
  /// earlier instead of being shorter, and what goes along rows leaves other numbers in its output
  /// on the way: nobody else may write there at the same time.
  static int parts(int elements, int run, int piece) {
    int rest = elements % run;
    int parts = Math.ceilDiv(elements, run);
    return parts > 1 && rest > 0 && rest < piece ? parts - 1 : parts;
  }

  /// Rows of a piece.
  int rows() {
    return columns == 0 ? 0 : Math.clamp(MANY / columns, 1, elements / columns);
  }

  /// How many elements of a value belong to a piece that is kept in a register.
  int length(int register) {
    return isNarrow(register) ? rows() : piece();
  }

  /// Where the elements of a register begin in the value when the piece begins at `first`.
  int place(int register, int first) {
    return isNarrow(register) ? first / columns : first;
  }

  /// The same group with some of its outputs.
  Fused writing(List<Integer> some) {
    return new Fused(elements, columns, reads, steps, some, registers);
  }

  @Override
  public String name() {
    return steps.stream()
        .filter(s -> !s.spreads())
        .map(s -> s.node.op().name())
        .collect(Collectors.joining(" ", "{", "}"));
  }

  @Override
  public Spec[] infer(Spec... in) {
    throw new UnsupportedOperationException("a fused node is made with its specs");
  }

  @Override
  public void run(Block[] in, Block[] out) {
    bound(in, out, new Registers()).run(in, out);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    throw new UnsupportedOperationException(
        "derivatives are taken of tapes, not of what players run");
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    return (long) elements * steps.size();
  }

  /// The kernel for these blocks.
  Kernel bound(Block[] in, Block[] out, Registers registers) {
    return bound(in, out, registers, false);
  }

  /// The kernel for these blocks; with `always` the loops run from the first play on, ready or not.
  Kernel bound(Block[] in, Block[] out, Registers registers, boolean always) {
    FusedPieces.Worker[] workers = new FusedPieces.Worker[Threads.count()];
    for (int w = 0; w < workers.length; w++) {
      workers[w] = new FusedPieces.Worker(this, in, out, registers.of(w, this));
    }
    FusedPieces pieces = new FusedPieces(this, workers, registers);
    FusedLoops loops = FusedLoops.of(this);
    return loops == null ? pieces : FusedLooping.of(loops, in, out, workers, pieces, always);
  }

  /// The nodes one after the other on whole values, each looked at.
  void checked(Block[] in, Block[] out) {
    Block[] values = new Block[registers.size()];
    for (int k = 0; k < in.length; k++) {
      Read read = reads.get(k);
      int n = isNarrow(read.register) ? elements / columns : elements;
      values[read.register] = Block.allocate(Spec.of(Shape.of(n), in[k].dtype()));
      for (int i = 0; i < n; i++) {
        values[read.register].set(i, in[k].get(read.isWhole() ? i : i / read.times % read.period));
      }
    }
    for (Step step : steps) {
      Block[] seen = new Block[step.in.size()];
      for (int k = 0; k < seen.length; k++) {
        seen[k] = Block.over(step.specs.get(k), values[step.in.get(k)].array());
      }
      Block[] made = step.node.op().evaluate(seen);
      NotFinite.check(step.node, seen, made);
      for (int k = 0; k < made.length; k++) {
        values[step.out.get(k)] = made[k];
      }
    }
    for (int k = 0; k < out.length; k++) {
      System.arraycopy(values[writes.get(k)].array(), 0, out[k].array(), 0, out[k].size());
    }
  }

  /// The registers of one player, for each worker: its nodes run one after the other.
  static final class Registers {
    private final List<List<Block>> all = new ArrayList<>();
    private boolean checked;

    void check() {
      checked = true;
    }

    boolean isChecked() {
      return checked;
    }

    /// A block for each register of a node, of which no two are the same.
    synchronized Block[] of(int worker, Fused op) {
      while (all.size() <= worker) {
        all.add(new ArrayList<>());
      }
      List<Block> mine = all.get(worker);
      boolean[] taken = new boolean[mine.size() + op.registers.size()];
      Block[] chosen = new Block[op.registers.size()];
      for (int i = 0; i < chosen.length; i++) {
        DType dtype = op.registers.get(i).dtype;
        int n = op.length(i);
        int k = 0;
        while (k < mine.size()
            && (taken[k] || mine.get(k).dtype() != dtype || mine.get(k).size() < n)) {
          k++;
        }
        if (k == mine.size()) {
          mine.add(Block.allocate(Spec.of(Shape.of(Math.max(n, PIECE)), dtype)));
        }
        taken[k] = true;
        chosen[i] = Block.over(Spec.of(Shape.of(n), dtype), mine.get(k).array());
      }
      return chosen;
    }
  }
}
