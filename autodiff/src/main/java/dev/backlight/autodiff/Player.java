package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.parallel.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The memory to replay one tape on one thread.
///
/// Everything is allocated at construction, with values that are never alive together sharing
/// memory; [#play()] allocates nothing. Inputs keep their values from play to play, outputs hold
/// theirs until the next play.
///
/// ```java
/// Player<Example, Grad<Mlp>> player = loss.valueAndGrad(Example::model).player();
/// player.set(new Example(mlp, x, y));                // copied in
/// player.play();
/// float first = player.output(0).f32()[0];
/// ```
///
/// @param <A> the structure of the inputs
/// @param <B> the structure of the outputs
public final class Player<A, B> {
  /// Operations of a play in which nodes may be shared among threads.
  private static final long LONG = 1 << 20;

  private final Program program;
  private final Struct<A> in;
  private final Struct<B> out;
  private final Op.Kernel[] kernels;
  private final Block[][] reads;
  private final Block[][] writes;
  private final Block[] values;
  private final Guard[][] guards;
  private final Guard[] early;
  private final Block[] outputs;
  private Block[] fed = {};
  private Block[] feeding = {};
  private final Workspace inner;
  private final long planned;
  private final boolean isOutermost;
  private final boolean isLong;

  Player(Program program, Struct<A> in, Struct<B> out) {
    this(program, in, out, new Block[program.specs.length], null);
  }

  /// A player inside the node of another: some values lie in the `given` blocks, the rest in a
  /// `shared` workspace.
  Player(
      Program program,
      Struct<A> in,
      Struct<B> out,
      @Nullable Block[] given,
      @Nullable Workspace shared) {
    if (!program.captured.isEmpty()) {
      throw new IllegalStateException(
          "a player needs a tape that stands alone, got one that reads "
              + program.captured.size()
              + " tensors of an enclosing recording; run(...) it inside that recording");
    }
    this.program = program;
    this.in = in;
    this.out = out;
    boolean[] has = new boolean[given.length];
    for (int i = 0; i < has.length; i++) {
      has[i] = given[i] != null;
    }
    MemoryPlan plan = new MemoryPlan(program, has);
    inner = shared == null ? Workspace.of(program) : shared.behind(plan);
    planned = plan.bytes();
    isOutermost = shared == null;
    Object[] slots = shared == null ? plan.allocate() : shared.take(plan);
    values = new Block[program.specs.length];
    for (int i = 0; i < values.length; i++) {
      Block known = given[i] != null ? given[i] : program.constants.get(i);
      values[i] = known != null ? known : Block.over(program.specs[i], slots[plan.slot[i]]);
    }
    program.constants.keySet().forEach(value -> inner.fix(values[value]));
    int n = program.nodes.size();
    kernels = new Op.Kernel[n];
    reads = new Block[n][];
    writes = new Block[n][];
    guards = new Guard[n][];
    Program.Questions questions = program.questions();
    for (int i = 0; i < n; i++) {
      Node node = program.nodes.get(i);
      reads[i] = Arrays.stream(node.inputs()).mapToObj(v -> values[v]).toArray(Block[]::new);
      writes[i] = Arrays.copyOfRange(values, node.output(), node.output() + node.outputs().size());
      kernels[i] = kernel(node, reads[i], writes[i]);
      guards[i] = questions.behind(node).toArray(Guard[]::new);
    }
    early = questions.early().toArray(Guard[]::new);
    outputs = Arrays.stream(program.outputs).mapToObj(v -> values[v]).toArray(Block[]::new);
    isLong = isOutermost && flops() > LONG;
  }

  @SuppressWarnings("ReferenceEquality") // whether two blocks lie in the same memory
  private Op.Kernel kernel(Node node, Block[] in, Block[] out) {
    return switch (node.op()) {
      case Nest nest -> nest.bound(in, out, inner);
      case Fused fused -> fused.bound(in, out, inner.registers());
      case FusedImages images ->
          images.bound(in, out, inner.registers(), fixed(node.inputs()), false);
      case Reshape _ when in[0].array() == out[0].array() -> (_, _) -> {};
      default ->
          node.op()
              .planned(
                  specs(node.inputs()), node.outputs().toArray(Spec[]::new), fixed(node.inputs()));
    };
  }

  private boolean[] fixed(int... some) {
    boolean[] fixed = new boolean[some.length];
    for (int i = 0; i < fixed.length; i++) {
      fixed[i] = inner.isFixed(values[some[i]]);
    }
    return fixed;
  }

  private Spec[] specs(int... some) {
    return Arrays.stream(some).mapToObj(v -> program.specs[v]).toArray(Spec[]::new);
  }

  /// From now on every play stops with [NotFinite] at the first node that makes a NaN or an
  /// infinity out of numbers that are none: it names the op, the user's line and the range of the
  /// inputs, in the function and in its derivatives. Slower, and it allocates.
  public Player<A, B> checked() {
    inner.check();
    return this;
  }

  /// Replays the tape on the inputs as they stand. Allocates nothing.
  public void play() {
    run(null);
  }

  private void run(long @Nullable [] nanos) {
    if (!isLong) {
      runNodes(nanos);
      return;
    }
    Threads.follow();
    try {
      runNodes(nanos);
    } finally {
      Threads.end();
    }
  }

  private void runNodes(long @Nullable [] nanos) {
    for (Guard guard : early) {
      guard.check(values[guard.value()].get(0));
    }
    for (int i = 0; i < kernels.length; i++) {
      if (nanos == null) {
        kernels[i].run(reads[i], writes[i]);
      } else {
        measure(i, nanos);
      }
      if (inner.isChecked()) {
        NotFinite.check(program.nodes.get(i), reads[i], writes[i]);
      }
      for (Guard guard : guards[i]) {
        guard.check(values[guard.value()].get(0));
      }
    }
    for (int i = 0; i < fed.length; i++) {
      fed[i].swap(feeding[i]);
    }
  }

  private void measure(int i, long[] nanos) {
    NodeEvent event = new NodeEvent();
    event.begin();
    long start = System.nanoTime();
    kernels[i].run(reads[i], writes[i]);
    nanos[i] = System.nanoTime() - start;
    event.end(program.nodes.get(i), flops(i), bytes(i));
  }

  /// Plays once and tells what every node cost. Each node is also an event `dev.backlight.Node` of
  /// Flight Recorder, if a recording runs that wants it.
  public Costs costs() {
    long[] nanos = new long[kernels.length];
    run(nanos);
    List<Costs.Cost> costs = new ArrayList<>();
    for (int i = 0; i < kernels.length; i++) {
      Node node = program.nodes.get(i);
      costs.add(new Costs.Cost(node, nanos[i], flops(i), bytes(i)));
    }
    return new Costs(costs);
  }

  private long flops() {
    long flops = 0;
    for (int i = 0; i < kernels.length; i++) {
      flops += flops(i);
    }
    return flops;
  }

  private long flops(int node) {
    Node made = program.nodes.get(node);
    return made.op().flops(specs(made.inputs()), made.outputs().toArray(Spec[]::new));
  }

  private long bytes(int node) {
    long bytes = 0;
    for (Block block : reads[node]) {
      bytes += (long) block.size() * block.dtype().bytes();
    }
    for (Block block : writes[node]) {
      bytes += (long) block.size() * block.dtype().bytes();
    }
    return bytes;
  }

  /// Copies the inputs in, replays and copies the outputs out.
  public B play(A input) {
    set(input);
    play();
    return result();
  }

  /// Copies all inputs in.
  public void set(A input) {
    List<Tensor> leaves = in.flatten(input);
    for (int i = 0; i < leaves.size(); i++) {
      set(i, leaves.get(i));
    }
  }

  /// Copies one input leaf in.
  public void set(int leaf, Tensor value) {
    Block block = value.block();
    if (!value.spec().equals(program.specs[leaf])) {
      throw Program.mismatch(program.specs[leaf], value.spec());
    }
    if (block == null) {
      throw new IllegalArgumentException("a player needs values, got a tensor without one");
    }
    if (!program.pins.isEmpty()
        && program.recordedOn[leaf] != null
        && !Program.same(program.recordedOn[leaf], block)) {
      throw new StaleTape(
          "this tape is pinned to the inputs it was recorded on by "
              + String.join(", ", program.pins));
    }
    values[leaf].copyFrom(block);
  }

  /// The memory of an input leaf, to be written before [#play()].
  public Block input(int leaf) {
    return values[leaf];
  }

  /// The memory of an output leaf, to be read after [#play()] and before the next.
  public Block output(int leaf) {
    return fed.length == 0 ? outputs[leaf] : latest(leaf);
  }

  /// After the swap an output that is fed back lies in its input's memory.
  private Block latest(int leaf) {
    for (int i = 0; i < fed.length; i++) {
      if (feeding[i] == outputs[leaf]) {
        return fed[i];
      }
    }
    return outputs[leaf];
  }

  /// A copy of the outputs as they stand.
  public B result() {
    List<Tensor> copies = new ArrayList<>();
    for (int k = 0; k < outputs.length; k++) {
      int first = firstWith(program.outputs[k]);
      copies.add(first < k ? copies.get(first) : Tensor.over(output(k).copy()));
    }
    return out.build(copies);
  }

  /// A copy of a part of the inputs as they stand: a trained model after many fed-back plays.
  public <S> S inputs(Function<A, S> part) {
    Struct.Part<S> chosen = in.part(part);
    List<Tensor> copies = new ArrayList<>();
    for (int leaf : chosen.leaves()) {
      copies.add(Tensor.over(values[leaf].copy()));
    }
    return chosen.form().build(copies);
  }

  /// From now on every play feeds a part of the outputs back into a part of the inputs, by
  /// exchanging their memory: how a training step becomes a loop that allocates nothing.
  public <S> Player<A, B> feedback(Function<B, S> from, Function<A, S> to) {
    // Tied tensors are one input leaf, so they count once among the outputs, too.
    int[] sources =
        Arrays.stream(out.part(from).leaves())
            .map(k -> firstWith(program.outputs[k]))
            .distinct()
            .toArray();
    int[] targets = in.part(to).leaves();
    if (sources.length != targets.length) {
      throw new IllegalArgumentException(
          "feedback needs as many outputs as inputs, got "
              + sources.length
              + " and "
              + targets.length);
    }
    Block[] into = new Block[targets.length];
    Block[] outOf = new Block[targets.length];
    for (int i = 0; i < targets.length; i++) {
      int source = program.outputs[sources[i]];
      Spec made = program.specs[source];
      if (!made.equals(program.specs[targets[i]])) {
        throw Program.mismatch(program.specs[targets[i]], made);
      }
      if (program.constants.containsKey(source) || source < program.inputs) {
        throw new IllegalArgumentException(
            "feedback needs an output that the tape computes, got an input or a constant at "
                + out.names().get(sources[i]));
      }
      into[i] = values[targets[i]];
      outOf[i] = values[source];
    }
    fed = into;
    feeding = outOf;
    return this;
  }

  /// The first output that is this value.
  private int firstWith(int value) {
    int k = 0;
    while (program.outputs[k] != value) {
      k++;
    }
    return k;
  }

  /// Which values share which memory, as a table with a line for each slot.
  public String memory() {
    String plan = new MemoryPlan(program).describe(program);
    return inner.bytes() == 0
        ? plan
        : String.format(
            Locale.ROOT,
            "%s%n%,d bytes that the insides of nodes take turns in",
            plan,
            inner.bytes());
  }

  /// How many bytes the values of this player occupy, constants aside.
  public long bytes() {
    return planned + (isOutermost ? inner.bytes() : 0);
  }
}
