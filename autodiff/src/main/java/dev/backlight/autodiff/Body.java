package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A program that an op runs: closed, so that all it reads is among its inputs.
final class Body {
  final Program program;
  private final Map<List<Integer>, Body> backs = new ConcurrentHashMap<>();

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
    List<Integer> key = new ArrayList<>();
    Arrays.stream(roots).forEach(key::add);
    key.add(-1);
    Arrays.stream(arrived).forEach(key::add);
    return backs.computeIfAbsent(key, _ -> new Body(backward(roots, arrived)));
  }

  private Program backward(int[] roots, int[] arrived) {
    Recorder recorder = new Recorder();
    Tensor[] x = inputs(recorder, program);
    Tensor[] g =
        IntStream.of(arrived).mapToObj(k -> recorder.input(output(k), null)).toArray(Tensor[]::new);
    Sweep sweep = Sweep.over(program, x, roots);
    for (int k = 0; k < g.length; k++) {
      sweep.seed(program.outputs[arrived[k]], g[k]);
    }
    sweep.run(BackwardRule.CHAIN, recorder);
    return recorder.finish(Arrays.stream(roots).mapToObj(sweep::at).toList());
  }

  static Tensor[] inputs(Recorder recorder, Program p) {
    return IntStream.range(0, p.inputs)
        .mapToObj(i -> recorder.input(p.specs[i], null))
        .toArray(Tensor[]::new);
  }

  /// The program with some outputs only, and without those of the inputs `mayGo` that are then not
  /// read; `null` if that is the program itself.
  @Nullable Narrowed narrowed(int[] outputs, boolean[] mayGo) {
    Program less = DeadCode.remove(program.giving(selected(outputs)));
    boolean[] read = read(less);
    int[] kept = IntStream.range(0, program.inputs).filter(i -> read[i] || !mayGo[i]).toArray();
    if (kept.length == program.inputs && outputs.length == program.outputs.length) {
      return null;
    }
    return new Narrowed(new Body(taking(less, kept)), kept, outputs);
  }

  /// A body that does less.
  record Narrowed(Body body, int[] inputs, int[] outputs) {}

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

  /// The program with some of its inputs, in the given order; the rest is not read.
  private static Program taking(Program p, int[] kept) {
    Recorder recorder = new Recorder();
    Tensor[] x = new Tensor[p.inputs];
    for (int i : kept) {
      x[i] = recorder.input(p.specs[i], null);
    }
    for (int i = 0; i < x.length; i++) {
      if (x[i] == null) {
        x[i] = Tensor.zeros(p.specs[i].shape(), p.specs[i].dtype());
      }
    }
    Tensor[] v = p.on(x);
    return recorder.finish(Arrays.stream(p.outputs).mapToObj(value -> v[value]).toList());
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
    boolean[] given = new boolean[program.specs.length];
    System.arraycopy(inputs, 0, given, 0, inputs.length);
    for (int k = 0; k < outputs.length; k++) {
      given[program.outputs[k]] |= outputs[k];
    }
    return new Nest.Use(this, given);
  }

  /// A player in a workspace; `inputs` and `outputs` are blocks where they are given, else `null`.
  Player<List<Tensor>, List<Tensor>> player(
      @Nullable Block[] inputs, @Nullable Block[] outputs, Workspace workspace) {
    @Nullable Block[] given = new Block[program.specs.length];
    System.arraycopy(inputs, 0, given, 0, inputs.length);
    for (int k = 0; k < outputs.length; k++) {
      if (outputs[k] != null) {
        given[program.outputs[k]] = outputs[k];
      }
    }
    return new Player<>(program, list(inputs()), list(outputs()), given, workspace);
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

  /// The places where a flag is set.
  static int[] where(boolean[] flags) {
    return IntStream.range(0, flags.length).filter(i -> flags[i]).toArray();
  }
}
