package dev.backlight.autodiff;

import dev.backlight.core.op.Chain;
import dev.backlight.core.op.RowKernel;
import dev.backlight.core.op.Standardize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How a [Fused] node runs in compiled loops: as few [Chain]s as its steps make, the kernels of
/// what goes along rows, and those of ops that have no formula in between. Chains and rows read the
/// inputs and write the outputs where they are; registers are for what lies between them, and for
/// short broadcasts.
///
/// Where rows are long, a chain takes one row at a time and what is spread over it is a number.
final class FusedLoops {
  /// Shorter runs of a broadcast are repeated into a register instead of being read in place.
  private static final int SHORT = 256;

  /// Where a value is when a stage begins, if not in a place of its own in an input (from 0 on) or
  /// an output ([#output]).
  static final int REGISTER = -1;

  private static final int[] NONE = {};

  final Fused op;
  final List<Stage> stages = new ArrayList<>();

  /// Elements that are done at a time.
  final int block;

  /// Elements that a chain takes at a time.
  final int unit;

  // What is where while the stages are put together.
  private final boolean[] loaded;
  private final boolean[] made;
  private final int[] places;
  private final int[] spreadFrom;
  private final int[] spreadBy;

  /// What the next chain that reads it standardises by itself, if anything.
  private @Nullable Found found;

  private FusedLoops(Fused op, int block) {
    this.op = op;
    this.block = block;
    int n = op.registers().size();
    loaded = new boolean[op.reads().size()];
    made = new boolean[n];
    places = new int[n];
    spreadFrom = new int[n];
    spreadBy = new int[n];
    Arrays.fill(spreadFrom, -1);
    unit = op.columns() >= SHORT ? op.columns() : block;
  }

  /// The place of output `k`.
  static int output(int k) {
    return -2 - k;
  }

  /// What a stage found out about each row of a value: what a chain does to bring it to mean 0 and
  /// variance 1.
  ///
  /// @param stage which one found it
  /// @param register what becomes of it
  /// @param source the register of the value
  /// @param from where that is
  record Found(int stage, int register, int source, int from) {}

  /// An input of a chain that it standardises, or what somebody finds out for a chain.
  ///
  /// @param input which one
  /// @param place the first of three numbers
  record Stretch(Found found, int input, int place) {}

  /// A chain, or the kernel of the one step `begin`: of one that goes along rows, or on registers.
  ///
  /// @param in registers that it reads
  /// @param from where each of them is
  /// @param numbers inputs or narrow registers of which it reads one number
  /// @param numbersFrom where those registers are
  /// @param places which of the chain's numbers those are
  /// @param out registers that it writes
  /// @param to where to
  /// @param stretch what a chain standardises, or what is found out for one
  record Stage(
      @Nullable Chain chain,
      @Nullable RowKernel rows,
      int begin,
      int[] in,
      int[] from,
      int[] numbers,
      int[] numbersFrom,
      int[] places,
      int[] out,
      int[] to,
      @Nullable Stretch stretch) {
    boolean isAlone() {
      return chain == null && rows == null;
    }
  }

  /// The loops of a node, or `null` where the kernels of the ops are as good.
  static @Nullable FusedLoops of(Fused op) {
    FusedLoops loops = new FusedLoops(op, block(op));
    loops.build();
    if (loops.block != op.piece() && (loops.stages.size() > 1 || loops.hasRegisters())) {
      loops = new FusedLoops(op, op.piece());
      loops.build();
    }
    return loops.stages.stream().allMatch(Stage::isAlone) ? null : loops;
  }

  private void build() {
    for (int begin = 0; begin < op.steps().size(); ) {
      Fused.Step step = op.steps().get(begin);
      if (step.spreads() && isByRow()) {
        int out = step.out().getFirst();
        spreadFrom[out] = step.in().getFirst();
        spreadBy[out] = begin++;
      } else if (op.isAlongRows(step)) {
        step.in().forEach(this::spread);
        Stage finding = finding(begin);
        stages.add(finding == null ? alongRows(begin) : finding);
        begin++;
      } else {
        begin = chain(begin);
      }
    }
    op.writes().forEach(this::stretch);
  }

  /// Whether chains take one row at a time.
  boolean isByRow() {
    return op.columns() > 0 && unit == op.columns();
  }

  /// A chain from a step on, or that step alone; where the next stage begins.
  private int chain(int begin) {
    FusedChain building = new FusedChain(this, begin);
    int end = begin;
    while (end < op.steps().size() && building.add(op.steps().get(end))) {
      end++;
    }
    boolean worth = end - begin > 1 || op.columns() > 0 || op.steps().size() == 1;
    Chain chain = worth && end > begin ? building.chain(end) : null;
    if (chain != null) {
      stages.add(building.stage(chain));
      return end;
    }
    op.steps().get(begin).in().forEach(this::spread);
    stages.add(alone(begin));
    return begin + 1;
  }

  /// Has a register spread now if that was put off, because somebody wants all of it.
  void spread(int register) {
    if (spreadFrom[register] >= 0) {
      stages.add(alone(spreadBy[register]));
    }
    stretch(register);
  }

  private void stretch(int register) {
    if (found != null && found.register == register) {
      stages.add(FusedChain.stretching(this, found, spreadBy[register]));
    }
  }

  /// What is standardised already as far as that it is known how.
  @Nullable Found found(int register) {
    return found != null && found.register == register ? found : null;
  }

  /// Says that a chain has done it.
  void stretched() {
    found = null;
  }

  /// A stage that leaves it to a chain to standardise rows, if one can.
  private @Nullable Stage finding(int s) {
    Fused.Step step = op.steps().get(s);
    if (!(step.node().op() instanceof Standardize standardize) || !isByRow()) {
      return null;
    }
    RowKernel rows = RowKernel.finding(standardize, step.specArray());
    if (rows == null) {
      return null;
    }
    if (found != null) {
      stretch(found.register);
    }
    Stage all = alongRows(s);
    int register = all.out[0];
    int[] to = {REGISTER, all.to[1]};
    made(all.out, to);
    spreadBy[register] = s;
    found = new Found(stages.size(), register, all.in[0], all.from[0]);
    Stretch known = new Stretch(found, -1, -1);
    return new Stage(null, rows, s, all.in, all.from, NONE, NONE, NONE, all.out, to, known);
  }

  private Stage alone(int s) {
    Fused.Step step = op.steps().get(s);
    int[] in = array(step.in());
    int[] from = Arrays.stream(in).map(r -> where(r, 0)).toArray();
    int[] out = array(step.out());
    int[] to = new int[out.length];
    Arrays.fill(to, REGISTER);
    made(out, to);
    return new Stage(null, null, s, in, from, NONE, NONE, NONE, out, to, null);
  }

  private Stage alongRows(int s) {
    Fused.Step step = op.steps().get(s);
    int[] in = array(step.in());
    int[] from = Arrays.stream(in).map(r -> where(r, block)).toArray();
    int[] out = array(step.out());
    int[] to = Arrays.stream(out).map(r -> home(r, s + 1)).toArray();
    made(out, to);
    RowKernel rows = RowKernel.of(step.node().op(), step.specArray());
    return new Stage(null, rows, s, in, from, NONE, NONE, NONE, out, to, null);
  }

  private static int[] array(List<Integer> some) {
    return some.stream().mapToInt(i -> i).toArray();
  }

  /// Remembers where a stage wrote registers.
  void made(int[] registers, int[] to) {
    for (int k = 0; k < registers.length; k++) {
      found = found(registers[k]) == null ? found : null;
      made[registers[k]] = true;
      places[registers[k]] = to[k];
      spreadFrom[registers[k]] = -1;
    }
  }

  /// Where a register is at present.
  ///
  /// @param size elements that are read at a time; 0 by who wants a register
  int where(int register, int size) {
    if (made[register]) {
      return places[register];
    }
    int k = source(register);
    boolean direct = size > 0 && isDirect(op.reads().get(k), size);
    loaded[k] |= !direct;
    return direct ? k : REGISTER;
  }

  /// The input that a register still holds, -1 if a step has written there.
  int untouched(int register) {
    return made[register] ? -1 : source(register);
  }

  /// The narrow register that is spread over a register at present, -1 if none.
  int spreadFrom(int register) {
    return spreadFrom[register];
  }

  /// The output that a register is for good, if no step from `from` on writes it again.
  int home(int register, int from) {
    int k = op.writes().indexOf(register);
    return k >= 0 && isLast(register, from) ? output(k) : REGISTER;
  }

  /// Which inputs are brought into their registers first, because a stage wants them there.
  boolean[] loaded() {
    boolean[] all = loaded.clone();
    for (int k = 0; k < all.length; k++) {
      int register = op.reads().get(k).register();
      all[k] |= op.writes().contains(register) && !made[register];
    }
    return all;
  }

  /// For each output where it is copied from at last: [#REGISTER], or another output that is the
  /// same, or itself if it is written by a stage.
  int[] copied() {
    int[] from = new int[op.writes().size()];
    for (int k = 0; k < from.length; k++) {
      int register = op.writes().get(k);
      from[k] = made[register] ? places[register] : REGISTER;
    }
    for (Stage stage : stages) {
      for (int to : stage.to) {
        if (to < REGISTER) {
          from[output(to)] = to;
        }
      }
    }
    return from;
  }

  /// Whether there is but one chain that needs no registers, so that a block may be shorter.
  boolean isInPlace() {
    if (stages.size() > 1 || stages.getFirst().chain == null) {
      return false;
    }
    Stage stage = stages.getFirst();
    boolean in = IntStream.of(stage.from).allMatch(k -> k != REGISTER);
    boolean numbers = IntStream.of(stage.numbersFrom).allMatch(k -> k != REGISTER);
    boolean out = IntStream.of(stage.to).allMatch(k -> k != REGISTER);
    int[] copied = copied();
    boolean whole = IntStream.range(0, copied.length).allMatch(k -> copied[k] == output(k));
    return op.columns() == 0 && in && numbers && out && whole;
  }

  /// Whether something goes through registers, which hold no more than a piece.
  private boolean hasRegisters() {
    int[] from = copied();
    boolean copies = IntStream.range(0, from.length).anyMatch(k -> from[k] != output(k));
    boolean[] all = loaded();
    return copies || IntStream.range(0, all.length).anyMatch(k -> all[k]);
  }

  /// As many elements as all broadcasts are read in order or at one place for; a piece, if those
  /// are few.
  static int block(Fused op) {
    if (op.columns() > 0) {
      return op.piece();
    }
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

  /// Whether all chains are ready; asks every one, so that each gets to know what there is to do.
  boolean isReady() {
    boolean ready = true;
    for (int s = 0; s < stages.size(); s++) {
      Chain chain = stages.get(s).chain;
      if (chain != null) {
        ready &= chain.isReady(op.elements());
      }
    }
    return ready;
  }

  /// Which input a register holds before any step writes there; -1 if none.
  private int source(int register) {
    for (int k = 0; k < op.reads().size(); k++) {
      if (op.reads().get(k).register() == register) {
        return k;
      }
    }
    return -1;
  }

  /// Whether a read is one number all over a unit.
  static boolean isNumber(Fused.Read read, int unit) {
    return read.period() == 1 || (read.times() > 1 && read.times() % unit == 0);
  }

  /// Whether so much of a read lies somewhere as it is.
  static boolean isDirect(Fused.Read read, int size) {
    return read.isWhole() || (read.times() == 1 && read.period() % size == 0);
  }

  /// Whether no step from `from` on writes a register.
  boolean isLast(int register, int from) {
    for (int s = from; s < op.steps().size(); s++) {
      if (op.steps().get(s).out().contains(register)) {
        return false;
      }
    }
    return true;
  }
}
