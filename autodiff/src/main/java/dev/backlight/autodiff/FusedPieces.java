package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.op.RowKernel;
import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import java.util.List;

/// How a [Fused] node runs by the kernels of its ops: piece by piece through the registers, the
/// pieces shared among the threads.
final class FusedPieces implements Op.Kernel, Threads.Task {
  private final Fused op;
  private final Worker[] workers;
  private final Fused.Registers registers;
  private final int run;
  private final int parts;

  FusedPieces(Fused op, Worker[] workers, Fused.Registers registers) {
    this.op = op;
    this.workers = workers;
    this.registers = registers;
    run = Math.max(1, Fused.RUN * Fused.PIECE / op.piece()) * op.piece();
    parts = Fused.parts(op.elements(), run, op.piece());
  }

  boolean isChecked() {
    return registers.isChecked();
  }

  @Override
  public void run(Block[] in, Block[] out) {
    if (isChecked()) {
      op.checked(in, out);
      return;
    }
    forget();
    Threads.run(parts, this);
  }

  /// Has everything read anew.
  void forget() {
    for (Worker worker : workers) {
      Arrays.fill(worker.phases, -1);
    }
  }

  @Override
  public void run(int part, int worker) {
    int from = part * run;
    boolean last = part == parts - 1;
    workers[worker].run(from, last ? op.elements() : from + run);
  }

  /// What one thread needs: the registers, and the kernels bound to them.
  static final class Worker {
    private final Fused op;
    private final Block[] registers;
    private final Block[] in;
    private final Block[] out;
    private final int[] phases;
    private final Op.Kernel[] kernels;
    private final Block[][] reads;
    private final Block[][] writes;

    Worker(Fused op, Block[] in, Block[] out, Block[] registers) {
      this.op = op;
      this.registers = registers;
      this.in = in;
      this.out = out;
      phases = new int[in.length];
      int n = op.steps().size();
      kernels = new Op.Kernel[n];
      reads = new Block[n][];
      writes = new Block[n][];
      for (int s = 0; s < n; s++) {
        Fused.Step step = op.steps().get(s);
        reads[s] = blocks(step.in());
        writes[s] = blocks(step.out());
        kernels[s] = kernel(step, reads[s], writes[s]);
      }
    }

    private Block[] blocks(List<Integer> some) {
      return some.stream().map(r -> registers[r]).toArray(Block[]::new);
    }

    private Op.Kernel kernel(Fused.Step step, Block[] in, Block[] out) {
      if (step.spreads()) {
        return (_, _) -> repeat(in[0].array(), out[0], 0, op.rows(), op.columns());
      }
      if (op.isAlongRows(step)) {
        RowKernel rows = RowKernel.of(step.node().op(), step.specArray());
        Object[] arrays = new Object[in.length + out.length];
        for (int k = 0; k < arrays.length; k++) {
          arrays[k] = (k < in.length ? in[k] : out[k - in.length]).array();
        }
        int[] at = new int[arrays.length];
        return (_, _) -> rows.run(arrays, at, op.rows());
      }
      return step.node().op().planned(specs(in), specs(out));
    }

    private static Spec[] specs(Block[] blocks) {
      return Arrays.stream(blocks).map(Block::spec).toArray(Spec[]::new);
    }

    void run(int from, int to) {
      int piece = op.piece();
      for (int at = from; at < to; at += piece) {
        int first = Math.min(at, op.elements() - piece);
        for (int k = 0; k < in.length; k++) {
          load(k, first);
        }
        for (int s = 0; s < kernels.length; s++) {
          step(s);
        }
        for (int k = 0; k < out.length; k++) {
          save(k, first);
        }
      }
    }

    /// The memory of a register.
    Block register(int r) {
      return registers[r];
    }

    /// Runs one of the steps.
    void step(int s) {
      kernels[s].run(reads[s], writes[s]);
    }

    /// Brings a piece of an input into its register.
    void load(int k, int first) {
      Fused.Read read = op.reads().get(k);
      Block to = registers[read.register()];
      if (read.isWhole()) {
        int place = op.place(read.register(), first);
        System.arraycopy(in[k].array(), place, to.array(), 0, to.size());
        return;
      }
      // One number for long: whether it is still the same.
      int phase = read.period() == 1 ? 0 : (int) (first % ((long) read.period() * read.times()));
      if (phase != phases[k]) {
        phases[k] = phase;
        repeat(in[k].array(), to, phase, read.period(), read.times());
      }
    }

    /// Brings what a register holds into an output.
    void save(int k, int first) {
      int register = op.writes().get(k);
      Block from = registers[register];
      int place = op.place(register, first);
      System.arraycopy(from.array(), 0, out[k].array(), place, from.size());
    }

    /// Brings a piece of an output back into a register.
    void fetch(int k, int register, int first) {
      Block to = registers[register];
      System.arraycopy(out[k].array(), op.place(register, first), to.array(), 0, to.size());
    }

    /// A piece that begins `phase` elements behind the begin of the pattern.
    private static void repeat(Object from, Block block, int phase, int period, int times) {
      Object to = block.array();
      int n = block.size();
      int place = phase / times;
      int left = times - phase % times;
      for (int i = 0; i < n; ) {
        int count;
        if (times == 1) {
          count = Math.min(period - place, n - i);
          System.arraycopy(from, place, to, i, count);
          place += count;
        } else {
          count = Math.min(left, n - i);
          fill(from, place, to, i, i + count);
          left = times;
          place++;
        }
        i += count;
        place = place == period ? 0 : place;
      }
    }

    private static void fill(Object from, int place, Object to, int begin, int end) {
      switch (to) {
        case float[] y -> Arrays.fill(y, begin, end, ((float[]) from)[place]);
        case double[] y -> Arrays.fill(y, begin, end, ((double[]) from)[place]);
        case int[] y -> Arrays.fill(y, begin, end, ((int[]) from)[place]);
        case long[] y -> Arrays.fill(y, begin, end, ((long[]) from)[place]);
        default -> Arrays.fill((boolean[]) to, begin, end, ((boolean[]) from)[place]);
      }
    }
  }
}
