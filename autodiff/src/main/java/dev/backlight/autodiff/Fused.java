package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.parallel.Threads;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Pointwise nodes as one: every piece of the inputs goes through all of them before the next piece
/// is looked at. Made by [Fusion] for players; it has no derivative, because derivatives are taken
/// of tapes.
///
/// A step works on registers: pieces of [#PIECE] elements that stay in the first-level cache. It
/// runs the very kernel of its op, so the bits are those of the nodes apart. The last piece
/// overlaps the one before instead of being shorter. Pieces are shared among [Threads].
record Fused(
    int elements, List<Read> reads, List<Step> steps, List<Integer> writes, List<DType> registers)
    implements Op.Nested {
  /// Elements of a piece: a dozen float registers fit into 48 KiB.
  static final int PIECE = 1024;

  /// Pieces that one thread takes at a time.
  static final int RUN = 8;

  private static final Shape PIECES = Shape.of(PIECE);

  /// How the elements of an input follow each other in the group: each of `period` elements `times`
  /// times, and all of that again and again. With a period of 0 they are as many as the group's.
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
  record Step(Node node, List<Spec> specs, List<Integer> in, int out) {}

  /// Puts a group together.
  static final class Builder {
    private final int elements;
    private final List<Read> reads = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Integer> writes = new ArrayList<>();
    private final List<DType> types = new ArrayList<>();

    Builder(int elements) {
      this.elements = elements;
    }

    /// The value that an input becomes.
    int read(DType dtype, Read pattern) {
      types.add(dtype);
      reads.add(new Read(types.size() - 1, pattern.period, pattern.times));
      return types.size() - 1;
    }

    /// The value that a node makes.
    int step(Node node, List<Spec> specs, int[] in, DType dtype) {
      types.add(dtype);
      steps.add(new Step(node, specs, Arrays.stream(in).boxed().toList(), types.size() - 1));
      return types.size() - 1;
    }

    /// Makes a value an output.
    void write(int value) {
      writes.add(value);
    }

    /// The group, with values that are never alive together in one register.
    Fused build() {
      int[] last = new int[types.size()];
      for (int s = 0; s < steps.size(); s++) {
        last[steps.get(s).out] = s;
        for (int value : steps.get(s).in) {
          last[value] = s;
        }
      }
      writes.forEach(value -> last[value] = Integer.MAX_VALUE);
      // What repeats stays where it is from piece to piece.
      reads.forEach(
          read -> last[read.register] = read.isWhole() ? last[read.register] : Integer.MAX_VALUE);
      int[] register = new int[types.size()];
      List<DType> registers = new ArrayList<>();
      IntArrayList free = new IntArrayList();
      for (Read read : reads) {
        register[read.register] = take(types.get(read.register), registers, free);
      }
      List<Step> placed = new ArrayList<>();
      for (int s = 0; s < steps.size(); s++) {
        Step step = steps.get(s);
        register[step.out] = take(types.get(step.out), registers, free);
        placed.add(
            new Step(
                step.node,
                step.specs,
                step.in.stream().map(v -> register[v]).toList(),
                register[step.out]));
        int now = s;
        step.in.stream().distinct().filter(v -> last[v] == now).forEach(v -> free.add(register[v]));
      }
      return new Fused(
          elements,
          reads.stream().map(r -> new Read(register[r.register], r.period, r.times)).toList(),
          placed,
          writes.stream().map(v -> register[v]).toList(),
          registers);
    }

    private static int take(DType dtype, List<DType> registers, IntArrayList free) {
      for (int i = free.size() - 1; i >= 0; i--) {
        if (registers.get(free.getInt(i)) == dtype) {
          return free.removeInt(i);
        }
      }
      registers.add(dtype);
      return registers.size() - 1;
    }
  }

  @Override
  public String name() {
    return steps.stream().map(s -> s.node.op().name()).collect(Collectors.joining(" ", "{", "}"));
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
    Worker[] workers = new Worker[Threads.count()];
    for (int w = 0; w < workers.length; w++) {
      workers[w] = new Worker(this, in, out, registers.of(w, this.registers));
    }
    FusedLoops loops = FusedLoops.of(this);
    if (loops == null) {
      return new Pieces(this, workers, registers);
    }
    FusedLoops.Worker[] looping = new FusedLoops.Worker[workers.length];
    Arrays.setAll(looping, w -> loops.new Worker(in, out, workers[w]));
    return new Looping(loops, looping, new Pieces(this, workers, registers), always);
  }

  /// The nodes one after the other on whole values, each looked at.
  private void checked(Block[] in, Block[] out) {
    Block[] values = new Block[registers.size()];
    for (int k = 0; k < in.length; k++) {
      Read read = reads.get(k);
      values[read.register] = Block.allocate(Spec.of(Shape.of(elements), in[k].dtype()));
      for (int i = 0; i < elements; i++) {
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
      values[step.out] = made[0];
    }
    for (int k = 0; k < out.length; k++) {
      System.arraycopy(values[writes.get(k)].array(), 0, out[k].array(), 0, elements);
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

    /// A block for each of the types, of which no two are the same.
    synchronized Block[] of(int worker, List<DType> types) {
      while (all.size() <= worker) {
        all.add(new ArrayList<>());
      }
      List<Block> mine = all.get(worker);
      boolean[] taken = new boolean[mine.size() + types.size()];
      Block[] chosen = new Block[types.size()];
      for (int i = 0; i < chosen.length; i++) {
        int k = 0;
        while (k < mine.size() && (taken[k] || mine.get(k).dtype() != types.get(i))) {
          k++;
        }
        if (k == mine.size()) {
          mine.add(Block.allocate(Spec.of(PIECES, types.get(i))));
        }
        taken[k] = true;
        chosen[i] = mine.get(k);
      }
      return chosen;
    }

    long bytes() {
      long bytes = 0;
      for (List<Block> blocks : all) {
        for (Block block : blocks) {
          bytes += (long) PIECE * block.dtype().bytes();
        }
      }
      return bytes;
    }
  }

  /// Compiled loops as soon as they are ready, shared among the threads; pieces until then.
  private static final class Looping implements Kernel, Threads.Task {
    private final FusedLoops loops;
    private final FusedLoops.Worker[] workers;
    private final Pieces pieces;
    private final boolean always;
    private final int run;

    Looping(FusedLoops loops, FusedLoops.Worker[] workers, Pieces pieces, boolean always) {
      this.loops = loops;
      this.workers = workers;
      this.pieces = pieces;
      this.always = always;
      run = Math.max(1, RUN * PIECE / loops.block) * loops.block;
    }

    @Override
    public void run(Block[] in, Block[] out) {
      if (pieces.registers.isChecked() || !(loops.isReady() || always)) {
        pieces.run(in, out);
        return;
      }
      pieces.forget();
      Threads.run(Math.ceilDiv(pieces.op.elements, run), this);
    }

    @Override
    public void run(int part, int worker) {
      int from = part * run;
      workers[worker].run(from, Math.min(pieces.op.elements, from + run));
    }
  }

  /// All pieces, shared among the threads.
  private static final class Pieces implements Kernel, Threads.Task {
    private final Fused op;
    private final Worker[] workers;
    private final Registers registers;

    Pieces(Fused op, Worker[] workers, Registers registers) {
      this.op = op;
      this.workers = workers;
      this.registers = registers;
    }

    @Override
    public void run(Block[] in, Block[] out) {
      if (registers.isChecked()) {
        op.checked(in, out);
        return;
      }
      forget();
      Threads.run(Math.ceilDiv(op.elements, RUN * PIECE), this);
    }

    /// Has everything read anew.
    void forget() {
      for (Worker worker : workers) {
        Arrays.fill(worker.phases, -1);
      }
    }

    @Override
    public void run(int part, int worker) {
      int from = part * RUN * PIECE;
      workers[worker].run(from, Math.min(op.elements, from + RUN * PIECE), op.elements);
    }
  }

  /// What one thread needs: the registers, and the kernels bound to them.
  static final class Worker {
    private final Block[] registers;
    private final Block[] in;
    private final Block[] out;
    private final Block[] sources;
    private final int[] periods;
    private final int[] times;
    private final int[] phases;
    private final Kernel[] kernels;
    private final Block[][] reads;
    private final Block[][] writes;
    private final Block[] results;

    Worker(Fused op, Block[] in, Block[] out, Block[] registers) {
      this.registers = registers;
      this.in = in;
      this.out = out;
      sources = op.reads.stream().map(r -> registers[r.register]).toArray(Block[]::new);
      periods = op.reads.stream().mapToInt(Read::period).toArray();
      times = op.reads.stream().mapToInt(Read::times).toArray();
      phases = new int[sources.length];
      results = op.writes.stream().map(r -> registers[r]).toArray(Block[]::new);
      int n = op.steps.size();
      kernels = new Kernel[n];
      reads = new Block[n][];
      writes = new Block[n][];
      for (int s = 0; s < n; s++) {
        Step step = op.steps.get(s);
        reads[s] = step.in.stream().map(r -> registers[r]).toArray(Block[]::new);
        writes[s] = new Block[] {registers[step.out]};
        Spec[] specs = Arrays.stream(reads[s]).map(Block::spec).toArray(Spec[]::new);
        kernels[s] = step.node.op().planned(specs, new Spec[] {registers[step.out].spec()});
      }
    }

    void run(int from, int to, int elements) {
      for (int at = from; at < to; at += PIECE) {
        int first = Math.min(at, elements - PIECE);
        for (int k = 0; k < sources.length; k++) {
          load(k, first);
        }
        for (int s = 0; s < kernels.length; s++) {
          step(s);
        }
        for (int k = 0; k < results.length; k++) {
          System.arraycopy(results[k].array(), 0, out[k].array(), first, PIECE);
        }
      }
    }

    /// The memory of a register.
    Object register(int r) {
      return registers[r].array();
    }

    /// Runs one of the steps.
    void step(int s) {
      kernels[s].run(reads[s], writes[s]);
    }

    /// Brings a piece of an input into its register.
    void load(int k, int first) {
      if (periods[k] == 0) {
        System.arraycopy(in[k].array(), first, sources[k].array(), 0, PIECE);
        return;
      }
      // One number for long: whether it is still the same.
      int phase = periods[k] == 1 ? 0 : (int) (first % ((long) periods[k] * times[k]));
      if (phase != phases[k]) {
        phases[k] = phase;
        repeat(in[k].array(), sources[k].array(), phase, periods[k], times[k]);
      }
    }

    /// A piece that begins `phase` elements behind the begin of the pattern.
    private static void repeat(Object from, Object to, int phase, int period, int times) {
      int place = phase / times;
      int left = times - phase % times;
      for (int i = 0; i < PIECE; ) {
        int count;
        if (times == 1) {
          count = Math.min(period - place, PIECE - i);
          System.arraycopy(from, place, to, i, count);
          place += count;
        } else {
          count = Math.min(left, PIECE - i);
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
