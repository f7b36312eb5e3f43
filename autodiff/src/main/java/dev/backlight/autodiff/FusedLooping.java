package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.op.Chain;
import dev.backlight.core.op.RowKernel;
import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Runs [FusedLoops] as soon as they are ready, shared among the threads; pieces until then.
final class FusedLooping implements Op.Kernel, Threads.Task {
  private final FusedLoops loops;
  private final Worker[] workers;
  private final FusedPieces pieces;
  private final boolean always;
  private final int run;
  private final int parts;

  private FusedLooping(FusedLoops loops, Worker[] workers, FusedPieces pieces, boolean always) {
    this.loops = loops;
    this.workers = workers;
    this.pieces = pieces;
    this.always = always;
    run = Math.max(1, Fused.RUN * Fused.PIECE / loops.block) * loops.block;
    parts = Fused.parts(loops.op.elements(), run, loops.block);
  }

  static FusedLooping of(
      FusedLoops loops,
      Block[] in,
      Block[] out,
      FusedPieces.Worker[] registers,
      FusedPieces pieces,
      boolean always) {
    Worker[] workers = new Worker[registers.length];
    Arrays.setAll(workers, w -> new Worker(loops, in, out, registers[w]));
    return new FusedLooping(loops, workers, pieces, always);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (pieces.isChecked() || !(loops.isReady() || always)) {
      pieces.run(in, out);
      return;
    }
    pieces.forget();
    Threads.run(parts, this);
  }

  @Override
  public void run(int part, int worker) {
    int from = part * run;
    boolean last = part == parts - 1;
    workers[worker].run(from, last ? loops.op.elements() : from + run);
  }

  /// The stages with the memory of one thread.
  static final class Worker {
    private final FusedLoops loops;
    private final Fused op;
    private final Block[] in;
    private final Block[] out;
    private final FusedPieces.Worker pieces;
    private final FusedLoops.Stage[] stages;
    private final Object[][] arrays;
    private final int[][] at;
    private final double[][] numbers;
    private final double[][] found;

    /// After how many elements each array of a stage begins again, if it does.
    private final int[][] periods;

    private final boolean[] loaded;
    private final int[] copied;
    private final boolean isInPlace;

    // Inputs, then outputs, that do not lie in their blocks.
    private final @Nullable Object[] lent;
    private final int[] shift;

    /// @param pieces the registers, and the kernels bound to them
    Worker(FusedLoops loops, Block[] in, Block[] out, FusedPieces.Worker pieces) {
      this.loops = loops;
      this.in = in;
      this.out = out;
      this.pieces = pieces;
      op = loops.op;
      stages = loops.stages.toArray(FusedLoops.Stage[]::new);
      int n = stages.length;
      arrays = new Object[n][];
      at = new int[n][];
      numbers = new double[n][];
      found = new double[n][];
      periods = new int[n][];
      for (int s = 0; s < n; s++) {
        FusedLoops.Stage stage = stages[s];
        arrays[s] = new Object[stage.in().length + stage.out().length];
        at[s] = new int[arrays[s].length];
        periods[s] = new int[at[s].length];
        for (int j = 0; j < stage.from().length; j++) {
          int k = stage.from()[j];
          periods[s][j] = k > FusedLoops.REGISTER ? op.reads().get(k).period() : 0;
        }
        FusedLoops.Stretch stretch = stage.stretch();
        if (stretch != null && stage.rows() != null) {
          found[s] = new double[3 * op.rows()];
          arrays[s] = Arrays.copyOf(arrays[s], arrays[s].length + 1);
          arrays[s][arrays[s].length - 1] = found[s];
        }
        numbers[s] = stage.chain() == null ? new double[0] : stage.chain().numbers();
      }
      loaded = loops.loaded();
      copied = loops.copied();
      isInPlace = loops.isInPlace();
      lent = new Object[in.length + out.length];
      shift = new int[lent.length];
    }

    /// Has an input or an [output][FusedLoops#output] lie elsewhere from now on: element i at
    /// `array[i - skipped]`.
    void lend(int where, Object array, int skipped) {
      lent[slot(where)] = array;
      shift[slot(where)] = skipped;
    }

    private int slot(int where) {
      return where > FusedLoops.REGISTER ? where : in.length + FusedLoops.output(where);
    }

    /// Elements `from … to`: whole blocks, or what is no shorter than [Chain#LEAST].
    void run(int from, int to) {
      int n = Math.min(loops.block, to - from);
      for (int first = from; first < to; first += loops.block) {
        int left = Math.min(n, to - first);
        if (isInPlace && left >= Chain.LEAST) {
          block(first, left);
        } else {
          block(Math.min(first, to - n), n);
        }
      }
    }

    private void block(int first, int n) {
      for (int k = 0; k < loaded.length; k++) {
        if (loaded[k]) {
          pieces.load(k, first);
        }
      }
      for (int s = 0; s < stages.length; s++) {
        FusedLoops.Stage stage = stages[s];
        Chain chain = stage.chain();
        RowKernel rows = stage.rows();
        if (rows != null) {
          place(s, stage, first);
          rows.run(arrays[s], at[s], op.rows());
        } else if (chain == null) {
          alone(stage, first);
        } else {
          int step = loops.isByRow() ? loops.unit : n;
          place(s, stage, first);
          for (int inside = 0; inside < n; inside += step) {
            if (inside > 0) {
              advance(s, step);
            }
            count(s, stage, first, inside);
            stretch(s, stage, first, inside);
            chain.run(arrays[s], at[s], numbers[s], step);
          }
        }
      }
      for (int k = 0; k < copied.length; k++) {
        if (copied[k] != FusedLoops.output(k)) {
          copy(k, first);
        }
      }
    }

    private void copy(int k, int first) {
      if (copied[k] < FusedLoops.REGISTER) {
        pieces.fetch(FusedLoops.output(copied[k]), op.writes().get(k), first);
      }
      pieces.save(k, first);
    }

    private void alone(FusedLoops.Stage stage, int first) {
      for (int j = 0; j < stage.in().length; j++) {
        if (stage.from()[j] < FusedLoops.REGISTER) {
          pieces.fetch(FusedLoops.output(stage.from()[j]), stage.in()[j], first);
        }
      }
      pieces.step(stage.begin());
    }

    /// Goes on to what follows in all arrays of a stage.
    private void advance(int s, int step) {
      int[] here = at[s];
      int[] period = periods[s];
      for (int j = 0; j < here.length; j++) {
        here[j] = here[j] + step == period[j] ? 0 : here[j] + step;
      }
    }

    /// Says where the arrays of a stage are.
    ///
    /// @param first where the piece begins
    private void place(int s, FusedLoops.Stage stage, int first) {
      int inputs = stage.in().length;
      for (int j = 0; j < inputs; j++) {
        place(s, j, stage.in()[j], stage.from()[j], first, 0);
      }
      for (int j = 0; j < stage.out().length; j++) {
        place(s, inputs + j, stage.out()[j], stage.to()[j], first, 0);
      }
    }

    /// The same of one array, when `inside` elements of the piece are done.
    private void place(int s, int j, int register, int where, int first, int inside) {
      if (where == FusedLoops.REGISTER) {
        arrays[s][j] = pieces.register(register).array();
        at[s][j] = inside;
        return;
      }
      boolean input = where > FusedLoops.REGISTER;
      int period = input ? op.reads().get(where).period() : 0;
      int place = op.place(register, first + inside);
      Object elsewhere = lent[slot(where)];
      if (elsewhere != null) {
        arrays[s][j] = elsewhere;
        at[s][j] = place - shift[slot(where)];
        return;
      }
      arrays[s][j] = (input ? in[where] : out[FusedLoops.output(where)]).array();
      at[s][j] = period == 0 ? place : place % period;
    }

    /// Tells a chain what to do to the row that it standardises: nothing, if that is done.
    private void stretch(int s, FusedLoops.Stage stage, int first, int inside) {
      FusedLoops.Stretch stretch = stage.stretch();
      if (stretch == null) {
        return;
      }
      FusedLoops.Found known = stretch.found();
      double[] all = found[known.stage()];
      int k = 3 * (inside / op.columns());
      int place = stretch.place();
      boolean done = all[k + 2] == 0;
      numbers[s][place] = done ? 0 : all[k];
      numbers[s][place + 1] = done ? 0 : all[k + 1];
      numbers[s][place + 2] = done ? 1 : all[k + 2];
      if (done || inside > 0 && all[k - 1] == 0) {
        int register = done ? known.register() : known.source();
        int where = done ? FusedLoops.REGISTER : known.from();
        place(s, stretch.input(), register, where, first, inside);
      }
    }

    /// Fills in the numbers that a chain is told.
    private void count(int s, FusedLoops.Stage stage, int first, int inside) {
      for (int j = 0; j < stage.numbers().length; j++) {
        int register = stage.numbers()[j];
        int where = stage.numbersFrom()[j];
        double number;
        if (where == FusedLoops.REGISTER) {
          number = pieces.register(register).get(op.place(register, inside));
        } else if (where < FusedLoops.REGISTER) {
          number = out[FusedLoops.output(where)].get(op.place(register, first + inside));
        } else {
          Fused.Read read = op.reads().get(where);
          int place = op.place(register, first + inside);
          number = in[where].get(read.isWhole() ? place : place / read.times() % read.period());
        }
        numbers[s][stage.places()[j]] = number;
      }
    }
  }
}
