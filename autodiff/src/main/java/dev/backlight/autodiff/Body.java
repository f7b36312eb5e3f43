package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Chain;
import dev.backlight.core.op.Reshape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A program that an op runs: closed, so that all it reads is among its inputs.
final class Body {
  /// How many times the carry of a loop may be kept of what is dear to run again.
  static final int ROOM = 8;

  /// Operations for an element that make a value worth keeping.
  private static final int DEAR = 16;

  final Program program;
  private final Map<List<Integer>, Body> backs = new ConcurrentHashMap<>();
  private final Map<List<Integer>, Body> batches = new ConcurrentHashMap<>();
  private final Map<List<Integer>, Optional<Body>> shards = new ConcurrentHashMap<>();
  private volatile @Nullable Body keeping;

  Body(Program program) {
    this.program = program;
  }

  /// A body as it was recorded.
  ///
  /// @param captured what it read of enclosing recordings: its inputs behind those of the example
  record Recorded(Body body, List<Tensor> captured) {}

  /// Records a function of tensors; `what` begins the complaint about one that reads values.
  static Recorded record(String what, UnaryOperator<List<Tensor>> f, List<Tensor> example) {
    Recorder recorder = new Recorder();
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor leaf : example) {
      inputs.add(recorder.input(leaf.spec(), leaf.block()));
    }
    return closed(what, recorder.finish(f.apply(inputs)));
  }

  /// A recorded program as a body.
  static Recorded closed(String what, Program p) {
    if (!p.pins.isEmpty()) {
      throw new StaleTape(
          what + " runs at other values, so it cannot be pinned by " + String.join(", ", p.pins));
    }
    @Nullable Block[] free = new Block[p.inputs + p.captured.size()];
    // The numbers of what it captured follow those of the inputs already.
    Program closed =
        new Program(
            free.length,
            Map.of(),
            p.constants,
            p.nodes,
            p.specs,
            p.outputs,
            p.guards,
            p.pins,
            free);
    return new Recorded(new Body(closed), List.copyOf(p.captured.values()));
  }

  int inputs() {
    return program.inputs;
  }

  /// Floating-point operations of one run.
  long flops() {
    long flops = 0;
    for (Node node : program.nodes) {
      Spec[] in = IntStream.of(node.inputs()).mapToObj(v -> program.specs[v]).toArray(Spec[]::new);
      flops += node.op().flops(in, node.outputs().toArray(Spec[]::new));
    }
    return flops;
  }

  int outputs() {
    return program.outputs.length;
  }

  Spec input(int i) {
    return program.specs[i];
  }

  Spec output(int k) {
    return program.specs[program.outputs[k]];
  }

  List<Spec> outputSpecs() {
    return IntStream.range(0, outputs()).mapToObj(this::output).toList();
  }

  /// The body that takes its inputs and a cotangent for each output that is `arrived`, and answers
  /// the cotangents of the inputs `roots`.
  Body back(int[] roots, int[] arrived) {
    return back(roots, arrived, new int[0]);
  }

  /// As [#back], where some values that nodes make are further inputs, behind all others, rather
  /// than computed anew.
  Body back(int[] roots, int[] arrived, int[] known) {
    List<Integer> key = new ArrayList<>();
    for (int[] some : new int[][] {roots, arrived, known}) {
      Arrays.stream(some).forEach(key::add);
      key.add(-1);
    }
    return backs.computeIfAbsent(key, _ -> new Body(backward(roots, arrived, known)));
  }

  private Program backward(int[] roots, int[] arrived, int[] known) {
    Recorder recorder = new Recorder();
    Tensor[] x = inputs(recorder, program);
    Tensor[] g =
        IntStream.of(arrived).mapToObj(k -> recorder.input(output(k), null)).toArray(Tensor[]::new);
    Map<Integer, Tensor> there = new HashMap<>();
    for (int value : known) {
      there.put(value, recorder.input(program.specs[value], null));
    }
    Sweep sweep = Sweep.over(program, there, x, roots);
    for (int k = 0; k < g.length; k++) {
      sweep.seed(program.outputs[arrived[k]], g[k]);
    }
    sweep.run(BackwardRule.CHAIN, recorder);
    return recorder.finish(Arrays.stream(roots).mapToObj(sweep::at).toList());
  }

  /// The body for `size` examples of the inputs `mapped`; the outputs `wanted` have the leading
  /// axis.
  Body batched(int size, boolean[] mapped, boolean[] wanted) {
    List<Integer> key = new ArrayList<>(List.of(size));
    for (boolean flag : mapped) {
      key.add(flag ? 1 : 0);
    }
    for (boolean flag : wanted) {
      key.add(flag ? 1 : 0);
    }
    return batches.computeIfAbsent(key, _ -> new Body(Vmap.batched(program, size, mapped, wanted)));
  }

  /// The body over `some` of `size` examples, see [Sharding]; `null` if they depend on each other.
  @Nullable Body shard(boolean[] along, int size, int some) {
    List<Integer> key = new ArrayList<>(List.of(size, some));
    for (boolean flag : along) {
      key.add(flag ? 1 : 0);
    }
    return shards
        .computeIfAbsent(
            key, _ -> Optional.ofNullable(Sharding.of(program, along, size, some)).map(Body::new))
        .orElse(null);
  }

  static Tensor[] inputs(Recorder recorder, Program p) {
    return IntStream.range(0, p.inputs)
        .mapToObj(i -> recorder.input(p.specs[i], null))
        .toArray(Tensor[]::new);
  }

  /// The program with some outputs only, and without those of the inputs `mayGo` that are then not
  /// read; `null` if that is the program itself.
  @Nullable Narrowed narrowed(int[] outputs, boolean[] mayGo) {
    boolean[] read = reads(outputs);
    int[] kept = IntStream.range(0, program.inputs).filter(i -> read[i] || !mayGo[i]).toArray();
    return kept.length == program.inputs && outputs.length == program.outputs.length
        ? null
        : new Narrowed(narrowed(outputs, kept), kept, outputs);
  }

  /// A body that does less, with the inputs and outputs that it still has.
  record Narrowed(Body body, int[] inputs, int[] outputs) {}

  /// The program with some of its outputs and some of its inputs; the others are not read.
  Body narrowed(int[] outputs, int[] inputs) {
    Spec[] kept = IntStream.of(inputs).mapToObj(this::input).toArray(Spec[]::new);
    int[] places = new int[program.inputs];
    Arrays.fill(places, -1);
    for (int k = 0; k < inputs.length; k++) {
      places[inputs[k]] = k;
    }
    return new Body(placed(less(outputs), kept, places));
  }

  /// Which inputs are read for some of the outputs, and by guards.
  boolean[] reads(int[] outputs) {
    return read(less(outputs));
  }

  private Program less(int[] outputs) {
    return DeadCode.remove(program.giving(selected(outputs)));
  }

  /// A program over other inputs: its own input `i` is the one at `places[i]`, or is not read where
  /// that is negative.
  static Program placed(Program p, Spec[] inputs, int[] places) {
    Recorder recorder = new Recorder();
    Tensor[] all =
        Arrays.stream(inputs).map(spec -> recorder.input(spec, null)).toArray(Tensor[]::new);
    Tensor[] x = new Tensor[p.inputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = places[i] >= 0 ? all[places[i]] : Tensor.zeros(p.specs[i].shape(), p.specs[i].dtype());
    }
    Tensor[] v = p.on(x);
    return recorder.finish(Arrays.stream(p.outputs).mapToObj(value -> v[value]).toList());
  }

  private int[] selected(int[] outputs) {
    return IntStream.of(outputs).map(k -> program.outputs[k]).toArray();
  }

  /// Which inputs anything reads.
  private static boolean[] read(Program p) {
    boolean[] read = new boolean[p.specs.length];
    for (Node node : p.nodes) {
      for (int k = 0; k < node.arity(); k++) {
        read[node.input(k)] = true;
      }
    }
    Arrays.stream(p.outputs).forEach(v -> read[v] = true);
    p.guards.forEach(guard -> read[guard.value()] = true);
    return read;
  }

  /// Which outputs a node can let the program write in place: values that nodes make, each once.
  boolean[] direct() {
    boolean[] direct = new boolean[program.outputs.length];
    for (int k = 0; k < direct.length; k++) {
      int value = program.outputs[k];
      direct[k] = value >= program.inputs && !program.constants.containsKey(value);
      for (int j = 0; j < k; j++) {
        direct[k] &= program.outputs[j] != value;
      }
    }
    return direct;
  }

  /// The use of this body by a node that has the memory of some of its inputs and outputs.
  Nest.Use use(boolean[] inputs, boolean[] outputs) {
    Program played = program.playable();
    boolean[] given = new boolean[played.specs.length];
    System.arraycopy(inputs, 0, given, 0, inputs.length);
    for (int k = 0; k < outputs.length; k++) {
      given[played.outputs[k]] |= outputs[k];
    }
    return new Nest.Use(this, given);
  }

  /// A player in a workspace; `inputs` and `outputs` are blocks where they are given, else `null`.
  Player<List<Tensor>, List<Tensor>> player(
      @Nullable Block[] inputs, @Nullable Block[] outputs, Workspace workspace) {
    Program played = program.playable();
    @Nullable Block[] given = new Block[played.specs.length];
    System.arraycopy(inputs, 0, given, 0, inputs.length);
    for (int k = 0; k < outputs.length; k++) {
      if (outputs[k] != null) {
        given[played.outputs[k]] = outputs[k];
      }
    }
    return new Player<>(played, list(inputs()), list(outputs()), given, workspace);
  }

  private static Struct<List<Tensor>> list(int n) {
    return Struct.of(IntStream.range(0, n).mapToObj(_ -> Tensor.zeros()).toList());
  }

  /// A complaint if an input of an op is not what it needs.
  static void need(Op op, Spec wanted, Spec got) {
    if (got.dtype() != wanted.dtype()) {
      throw new DTypeException(op.name() + " needs " + wanted + ", got " + got);
    }
    if (!got.equals(wanted)) {
      throw new ShapeException(op.name() + " needs " + wanted.shape() + ", got " + got.shape());
    }
  }

  static boolean[] all(int n) {
    boolean[] all = new boolean[n];
    Arrays.fill(all, true);
    return all;
  }

  /// The bodies of two recordings of functions of the same arguments, over one list of inputs: the
  /// arguments, what the first captured, what the second captured.
  static Pair paired(Recorded one, Recorded other, int arguments) {
    List<Tensor> captured = new ArrayList<>(one.captured());
    captured.addAll(other.captured());
    Spec[] all =
        IntStream.range(0, arguments + captured.size())
            .mapToObj(i -> i < arguments ? one.body.input(i) : captured.get(i - arguments).spec())
            .toArray(Spec[]::new);
    int[] first = IntStream.range(0, one.body.inputs()).toArray();
    int[] second =
        IntStream.range(0, other.body.inputs())
            .map(i -> i < arguments ? i : i + one.captured().size())
            .toArray();
    return new Pair(
        new Body(placed(one.body.program, all, first)),
        new Body(placed(other.body.program, all, second)),
        captured);
  }

  record Pair(Body first, Body second, List<Tensor> captured) {}

  /// The body with further outputs: the first `n` inputs as they come in, then what is dear to run
  /// again, products before functions such as tanh, up to [#ROOM] times as much as those inputs. Of
  /// a product that is only added to something it is the sum, which need not be added up again
  /// then.
  Body keeping(int n) {
    Body known = keeping;
    if (known == null) {
      IntStream.Builder outputs = IntStream.builder();
      Arrays.stream(program.outputs).forEach(outputs::add);
      long room = 0;
      for (int i = 0; i < n; i++) {
        outputs.add(i);
        room += ROOM * (long) program.specs[i].shape().elements();
      }
      Set<Integer> dear = new LinkedHashSet<>();
      int[] readers = program.readers();
      program.nodes.stream().filter(this::isProduct).forEach(at -> dear.add(sum(at, readers)));
      program.nodes.stream().filter(this::isDear).forEach(at -> dear.add(at.output()));
      for (int value : dear) {
        int size = program.specs[value].shape().elements();
        if (size <= room) {
          outputs.add(value);
          room -= size;
        }
      }
      keeping = known = new Body(program.giving(outputs.build().toArray()));
    }
    return known;
  }

  /// What becomes of a product while nothing but additions read it.
  private static int sum(Node product, int[] readers) {
    Node last = product;
    while (readers[last.output()] == 1 && !last.consumers().isEmpty()) {
      Node reader = last.consumers().getFirst();
      if (!(reader.op() instanceof Add)) {
        break;
      }
      last = reader;
    }
    return last.output();
  }

  /// Whether a node is dear to run again for the size of what it makes.
  private boolean isProduct(Node node) {
    Spec[] in = IntStream.of(node.inputs()).mapToObj(v -> program.specs[v]).toArray(Spec[]::new);
    Spec made = node.outputs().getFirst();
    return node.op() instanceof Op.Bilinear
        && node.outputs().size() == 1
        && node.op().flops(in, new Spec[] {made}) >= DEAR * (long) made.shape().elements();
  }

  /// Whether a node is a function that takes many operations for each element.
  private boolean isDear(Node node) {
    Spec made = node.outputs().getFirst();
    if (!Fusion.isPointwise(node) || node.op() instanceof Reshape || !made.dtype().isFloat()) {
      return false;
    }
    DType[] in =
        IntStream.of(node.inputs()).mapToObj(v -> program.specs[v].dtype()).toArray(DType[]::new);
    int cost = Chain.cost(node.op(), made.dtype(), in);
    return cost < 0 || cost >= DEAR;
  }

  /// The places where a flag is set.
  static int[] where(boolean[] flags) {
    return IntStream.range(0, flags.length).filter(i -> flags[i]).toArray();
  }
}
