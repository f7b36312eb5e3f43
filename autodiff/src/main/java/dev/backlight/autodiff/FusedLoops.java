package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.op.Chain;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a [Fused] node runs in compiled loops: as few [Chain]s as its steps make, and the kernels of
/// the ops that have no formula in between. A chain reads the inputs and writes the outputs where
/// they are; registers are for what lies between chains, and for short broadcasts.
final class FusedLoops {
  /// Shorter runs of a broadcast are repeated into a register instead of being read in place.
  private static final int SHORT = 256;

  private final Fused op;
  private final List<Stage> stages;

  /// Elements that are done at a time.
  final int block;

  private FusedLoops(Fused op, List<Stage> stages, int block) {
    this.op = op;
    this.stages = stages;
    this.block = block;
  }

  /// A chain, or the kernel of the one step `begin`.
  ///
  /// @param in registers that it reads
  /// @param direct for each of them the input that it is read from instead, or -1
  /// @param numbers inputs of which it reads a single number, in their order
  /// @param places which of the chain's numbers those are
  /// @param out what it writes: registers, or outputs `k` as `-1 - k`
  private record Stage(
      @Nullable Chain chain,
      int begin,
      int[] in,
      int[] direct,
      int[] numbers,
      int[] places,
      int[] out) {}

  /// The loops of a node, or `null` where the kernels of the ops are as good.
  static @Nullable FusedLoops of(Fused op) {
    int block = block(op);
    List<Stage> stages = stages(op, block);
    if (stages.size() > 1 && block != Fused.PIECE) {
      block = Fused.PIECE;
      stages = stages(op, block);
    }
    boolean any = stages.stream().anyMatch(stage -> stage.chain != null);
    return any ? new FusedLoops(op, stages, block) : null;
  }

  private static List<Stage> stages(Fused op, int block) {
    List<Stage> stages = new ArrayList<>();
    for (int begin = 0; begin < op.steps().size(); ) {
      Building building = new Building(op, begin, block);
      int end = begin;
      while (end < op.steps().size() && building.add(op.steps().get(end))) {
        end++;
      }
      Chain chain = end - begin > 1 || op.steps().size() == 1 ? building.chain(end) : null;
      end = chain == null ? begin + 1 : end;
      stages.add(chain == null ? alone(op, begin) : building.stage(chain));
      begin = end;
    }
    return stages;
  }

  private static Stage alone(Fused op, int s) {
    Fused.Step step = op.steps().get(s);
    int[] in = step.in().stream().mapToInt(i -> i).toArray();
    int[] direct = new int[in.length];
    Arrays.fill(direct, -1);
    return new Stage(null, s, in, direct, new int[0], new int[0], new int[] {step.out()});
  }

  /// As many elements as all broadcasts are read in order or at one place for; a piece, if those
  /// are few.
  private static int block(Fused op) {
    int run = 0;
    for (Fused.Read read : op.reads()) {
      if (!read.isWhole() && read.period() > 1) {
        run = gcd(run, read.times() == 1 ? read.period() : read.times());
      }
    }
    int most = Fused.RUN * Fused.PIECE;
    return run == 0 ? most : run >= SHORT && run <= most ? run : Fused.PIECE;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /// Whether a read is one number all over a block.
  private static boolean isNumber(Fused.Read read, int block) {
    return read.period() == 1 || (read.times() > 1 && read.times() % block == 0);
  }

  /// Whether a block of a read lies somewhere as it is.
  private static boolean isDirect(Fused.Read read, int block) {
    return read.isWhole() || (read.times() == 1 && read.period() % block == 0);
  }

  /// Whether all chains are ready; asks every one, so that each gets to know what there is to do.
  boolean isReady() {
    boolean ready = true;
    for (Stage stage : stages) {
      if (stage.chain != null) {
        ready &= stage.chain.isReady(op.elements());
      }
    }
    return ready;
  }

  /// Puts one chain together.
  private static final class Building {
    private final Fused op;
    private final int begin;
    private final int block;
    private final int[] values;
    private final boolean[] written;
    private final IntArrayList in = new IntArrayList();
    private final IntArrayList direct = new IntArrayList();
    private final IntArrayList numbers = new IntArrayList();
    private final IntArrayList places = new IntArrayList();
    private final IntArrayList out = new IntArrayList();
    private Chain.@Nullable Builder builder;
    private boolean wide;

    Building(Fused op, int begin, int block) {
      this.op = op;
      this.begin = begin;
      this.block = block;
      values = new int[op.registers().size()];
      written = new boolean[values.length];
      Arrays.fill(values, -1);
    }

    private DType type(int register) {
      return op.registers().get(register);
    }

    /// Takes one more step in, if it can be.
    boolean add(Fused.Step step) {
      DType[] types = step.in().stream().map(this::type).toArray(DType[]::new);
      int cost = Chain.cost(step.node().op(), type(step.out()), types);
      boolean doubles = type(step.out()) == DType.F64 || List.of(types).contains(DType.F64);
      boolean floats = type(step.out()) == DType.F32 || List.of(types).contains(DType.F32);
      if (cost < 0 || (builder == null && !doubles && !floats)) {
        return false;
      }
      if (builder == null) {
        wide = doubles;
        builder = new Chain.Builder(wide ? DType.F64 : DType.F32);
      } else if (wide ? floats : doubles || builder.size() + cost > Chain.MOST) {
        return false;
      }
      int[] arguments = step.in().stream().mapToInt(this::value).toArray();
      values[step.out()] = builder.step(step.node().op(), type(step.out()), arguments);
      written[step.out()] = true;
      return true;
    }

    private int value(int register) {
      if (values[register] < 0) {
        Chain.Builder chain = Objects.requireNonNull(builder);
        int k = source(op, register, begin);
        Fused.Read read = k < 0 ? null : op.reads().get(k);
        if (read != null && type(register) != DType.BOOL && isNumber(read, block)) {
          places.add(chain.numbers());
          numbers.add(k);
          values[register] = chain.number();
        } else {
          in.add(register);
          direct.add(read != null && isDirect(read, block) ? k : -1);
          values[register] = chain.input(type(register));
        }
      }
      return values[register];
    }

    /// The chain of the steps up to `end`.
    @Nullable Chain chain(int end) {
      for (int register = 0; register < written.length; register++) {
        if (!written[register]) {
          continue;
        }
        boolean last = isLast(op, register, end);
        for (int k = 0; k < op.writes().size(); k++) {
          if (last && op.writes().get(k) == register) {
            out.add(-1 - k);
            Objects.requireNonNull(builder).output(values[register]);
          }
        }
        if (isReadFrom(register, end)) {
          out.add(register);
          Objects.requireNonNull(builder).output(values[register]);
        }
      }
      return Objects.requireNonNull(builder).build();
    }

    Stage stage(Chain chain) {
      return new Stage(
          chain,
          begin,
          in.toIntArray(),
          direct.toIntArray(),
          numbers.toIntArray(),
          places.toIntArray(),
          out.toIntArray());
    }

    private boolean isReadFrom(int register, int end) {
      for (Fused.Step step : op.steps().subList(end, op.steps().size())) {
        if (step.in().contains(register)) {
          return true;
        }
        if (step.out() == register) {
          return false;
        }
      }
      return false;
    }
  }

  /// Which input a register holds when step `before` begins; -1 if a step has written there.
  private static int source(Fused op, int register, int before) {
    boolean overwritten = op.steps().stream().limit(before).anyMatch(s -> s.out() == register);
    for (int k = 0; !overwritten && k < op.reads().size(); k++) {
      if (op.reads().get(k).register() == register) {
        return k;
      }
    }
    return -1;
  }

  /// The stages with the memory of one thread.
  final class Worker {
    private final Block[] in;
    private final Block[] out;
    private final Fused.Worker pieces;
    private final Object[][] arrays;
    private final int[][] at;
    private final double[][] numbers;
    private final boolean[] loaded;

    /// @param pieces the registers, and the kernels bound to them
    Worker(Block[] in, Block[] out, Fused.Worker pieces) {
      this.in = in;
      this.out = out;
      this.pieces = pieces;
      int n = stages.size();
      arrays = new Object[n][];
      at = new int[n][];
      numbers = new double[n][];
      loaded = new boolean[in.length];
      for (int s = 0; s < n; s++) {
        Stage stage = stages.get(s);
        arrays[s] = new Object[stage.in.length + stage.out.length];
        at[s] = new int[arrays[s].length];
        numbers[s] = stage.chain == null ? new double[0] : stage.chain.numbers();
        for (int j = 0; j < stage.in.length; j++) {
          int k = source(op, stage.in[j], stage.begin);
          if (k >= 0 && stage.direct[j] < 0) {
            loaded[k] = true;
          }
        }
      }
    }

    void run(int from, int to) {
      int n = Math.min(block, op.elements());
      for (int first = from; first < to; first += block) {
        block(Math.min(first, op.elements() - n), n);
      }
    }

    private void block(int first, int n) {
      for (int k = 0; k < loaded.length; k++) {
        if (loaded[k]) {
          pieces.load(k, first);
        }
      }
      for (int s = 0; s < arrays.length; s++) {
        Stage stage = stages.get(s);
        if (stage.chain == null) {
          pieces.step(stage.begin);
          write(stage.begin, first);
        } else {
          chain(s, stage, stage.chain, first, n);
        }
      }
    }

    private void chain(int s, Stage stage, Chain chain, int first, int n) {
      int inputs = stage.in.length;
      for (int j = 0; j < inputs; j++) {
        int k = stage.direct[j];
        int period = k < 0 ? 0 : op.reads().get(k).period();
        arrays[s][j] = k < 0 ? pieces.register(stage.in[j]) : in[k].array();
        at[s][j] = k < 0 ? 0 : period == 0 ? first : first % period;
      }
      for (int j = 0; j < stage.out.length; j++) {
        int to = stage.out[j];
        arrays[s][inputs + j] = to < 0 ? out[-1 - to].array() : pieces.register(to);
        at[s][inputs + j] = to < 0 ? first : 0;
      }
      for (int j = 0; j < stage.numbers.length; j++) {
        Fused.Read read = op.reads().get(stage.numbers[j]);
        numbers[s][stage.places[j]] =
            in[stage.numbers[j]].get(read.period() == 1 ? 0 : first / read.times() % read.period());
      }
      chain.run(arrays[s], at[s], numbers[s], n);
    }

    /// Copies what a step made to the outputs that it is, if none makes it anew.
    private void write(int step, int first) {
      int register = op.steps().get(step).out();
      for (int k = 0; k < out.length; k++) {
        if (op.writes().get(k) == register && isLast(op, register, step + 1)) {
          System.arraycopy(pieces.register(register), 0, out[k].array(), first, Fused.PIECE);
        }
      }
    }
  }

  /// Whether no step from `from` on writes a register.
  private static boolean isLast(Fused op, int register, int from) {
    for (int s = from; s < op.steps().size(); s++) {
      if (op.steps().get(s).out() == register) {
        return false;
      }
    }
    return true;
  }
}
