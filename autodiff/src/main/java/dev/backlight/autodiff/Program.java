package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a tape is without its types: numbered values, the nodes that make them in order, guards and
/// pins.
///
/// Values `0..inputs-1` are the inputs; captured tensors and constants come next, then what the
/// nodes make. Immutable; the passes answer new programs.
final class Program {
  final int inputs;
  final Map<Integer, Tensor> captured;
  final Map<Integer, Block> constants;
  final List<Node> nodes;
  final Spec[] specs;
  final int[] outputs;
  final List<Guard> guards;
  final List<String> pins;

  /// The inputs that a pinned program was recorded on; `null` entries are free.
  final @Nullable Block[] recordedOn;

  private volatile @Nullable Program playable;

  Program(
      int inputs,
      Map<Integer, Tensor> captured,
      Map<Integer, Block> constants,
      List<Node> nodes,
      Spec[] specs,
      int[] outputs,
      List<Guard> guards,
      List<String> pins,
      @Nullable Block[] recordedOn) {
    this.inputs = inputs;
    this.captured = captured;
    this.constants = constants;
    this.nodes = nodes;
    this.specs = specs;
    this.outputs = outputs;
    this.guards = guards;
    this.pins = pins;
    this.recordedOn = recordedOn;
    link();
  }

  private void link() {
    @Nullable Node[] makers = makers();
    for (Node node : nodes) {
      for (int k = 0; k < node.arity(); k++) {
        Node maker = makers[node.input(k)];
        if (maker != null) {
          maker.addConsumer(node);
        }
      }
    }
  }

  /// The same program with other outputs.
  Program giving(int... values) {
    return new Program(inputs, captured, constants, nodes, specs, values, guards, pins, recordedOn);
  }

  /// The same values made by other nodes; those that stay are copied, as each knows its readers.
  Program doing(List<Node> others) {
    List<Node> fresh = others.stream().map(n -> n.numbered(n.inputs(), n.output())).toList();
    return new Program(
        inputs, captured, constants, fresh, specs, outputs, guards, pins, recordedOn);
  }

  /// Other values made by other nodes, numbered as the specs are; outputs and guards go by what has
  /// `become` of their values.
  Program rewritten(Map<Integer, Block> fixed, List<Node> others, List<Spec> made, int... become) {
    return new Program(
        inputs,
        captured,
        fixed,
        others,
        made.toArray(Spec[]::new),
        Arrays.stream(outputs).map(v -> become[v]).toArray(),
        guards.stream()
            .map(g -> new Guard(become[g.value()], g.question(), g.answer(), g.where()))
            .toList(),
        pins,
        recordedOn);
  }

  /// Every value, as what has become of it if nothing has.
  int[] values() {
    return IntStream.range(0, specs.length).toArray();
  }

  /// How many nodes read each value; an output or a guard counts as one.
  int[] readers() {
    int[] readers = new int[specs.length];
    for (Node node : nodes) {
      for (int k = 0; k < node.arity(); k++) {
        readers[node.input(k)]++;
      }
    }
    Arrays.stream(outputs).forEach(value -> readers[value]++);
    guards.forEach(guard -> readers[guard.value()]++);
    return readers;
  }

  /// The program behind some of its values, which become the inputs.
  Program from(int... values) {
    Program rest = given(0, values);
    boolean[] live = DeadCode.live(rest);
    for (int i = 0; i < inputs; i++) {
      if (live[values.length + i]) {
        throw new IllegalArgumentException(
            "a rest needs to read no input of its tape but through the given nodes, got one that"
                + " reads input "
                + i);
      }
    }
    return DeadCode.remove(rest);
  }

  /// The program in which some of its values are given as inputs behind its own.
  Program replacing(int... values) {
    return DeadCode.remove(given(inputs, values));
  }

  /// Some values as inputs, behind the first `kept` ones; all others move up by as many places.
  private Program given(int kept, int... values) {
    int more = values.length;
    int[] number = new int[specs.length];
    Spec[] all = new Spec[more + specs.length];
    for (int value = 0; value < specs.length; value++) {
      number[value] = value < kept ? value : value + more;
      all[number[value]] = specs[value];
    }
    int[] first = number.clone();
    for (int i = 0; i < more; i++) {
      number[values[i]] = kept + i;
      all[kept + i] = specs[values[i]];
    }
    Map<Integer, Tensor> outer = new LinkedHashMap<>();
    captured.forEach((value, tensor) -> outer.put(number[value], tensor));
    Map<Integer, Block> fixed = new LinkedHashMap<>();
    constants.forEach((value, block) -> fixed.put(number[value], block));
    List<Node> moved = new ArrayList<>();
    for (Node node : nodes) {
      int[] in = IntStream.of(node.inputs()).map(value -> number[value]).toArray();
      moved.add(node.numbered(in, first[node.output()]));
    }
    return new Program(
        kept + more,
        outer,
        fixed,
        moved,
        all,
        IntStream.of(outputs).map(value -> number[value]).toArray(),
        guards.stream()
            .map(g -> new Guard(number[g.value()], g.question(), g.answer(), g.where()))
            .toList(),
        List.of(),
        new Block[kept + more]);
  }

  /// The program as players run it: the same inputs and outputs with the same bits, by fewer nodes.
  Program playable() {
    Program known = playable;
    if (known == null) {
      playable = known = Passes.forPlayers(this);
    }
    return known;
  }

  /// The node that makes each value, `null` for inputs, captured tensors and constants.
  @Nullable Node[] makers() {
    @Nullable Node[] makers = new Node[specs.length];
    for (Node node : nodes) {
      for (int k = 0; k < node.outputs().size(); k++) {
        makers[node.output() + k] = node;
      }
    }
    return makers;
  }

  /// The guards, also those inside of nodes.
  List<Guard> allGuards() {
    List<Guard> all = new ArrayList<>(guards);
    for (Node node : nodes) {
      if (node.op() instanceof Nest nest) {
        nest.uses().forEach(use -> all.addAll(use.body().program.allGuards()));
      }
    }
    return all;
  }

  /// When each guard is asked: before all nodes, or behind the one that makes its value.
  record Questions(List<Guard> early, Map<Node, List<Guard>> late) {
    List<Guard> behind(Node node) {
      return late.getOrDefault(node, List.of());
    }
  }

  Questions questions() {
    List<Guard> early = new ArrayList<>();
    Map<Node, List<Guard>> late = new HashMap<>();
    @Nullable Node[] makers = guards.isEmpty() ? new Node[0] : makers();
    for (Guard guard : guards) {
      Node maker = makers[guard.value()];
      (maker == null ? early : late.computeIfAbsent(maker, _ -> new ArrayList<>())).add(guard);
    }
    return new Questions(early, late);
  }

  /// Whether each value depends on one of the given values through float arithmetic.
  boolean[] dependents(int... roots) {
    boolean[] active = new boolean[specs.length];
    for (int root : roots) {
      active[root] = true;
    }
    for (Node node : nodes) {
      boolean reads = false;
      for (int k = 0; k < node.arity(); k++) {
        reads |= active[node.input(k)];
      }
      if (reads && !(node.op() instanceof Op.Discrete)) {
        for (int k = 0; k < node.outputs().size(); k++) {
          active[node.output() + k] |= specs[node.output() + k].dtype().isFloat();
        }
      }
    }
    return active;
  }

  /// Runs the nodes in Tensor language on these inputs and answers every value: at once if the
  /// inputs are data, written down if one of them is on a recording.
  Tensor[] on(Tensor... args) {
    return on(null, args);
  }

  /// As [#on], for a derivative: `kept` gets all outputs of the nodes that then keep more.
  Tensor[] on(@Nullable Map<Node, Tensor[]> kept, Tensor... args) {
    return on(kept, Map.of(), args);
  }

  /// As [#on], where the only outputs of some nodes are known: those are not run.
  Tensor[] on(@Nullable Map<Node, Tensor[]> kept, Map<Integer, Tensor> known, Tensor... args) {
    if (args.length != inputs) {
      throw new IllegalArgumentException(
          "this tape needs " + inputs + " tensors, got " + args.length);
    }
    for (int i = 0; i < inputs; i++) {
      if (!args[i].spec().equals(specs[i])) {
        throw mismatch(specs[i], args[i].spec());
      }
    }
    requireRecordedInputs(args);
    Tensor[] v = new Tensor[specs.length];
    System.arraycopy(args, 0, v, 0, inputs);
    captured.forEach((value, tensor) -> v[value] = tensor);
    constants.forEach((value, block) -> v[value] = Tensor.over(block));
    Questions questions = questions();
    questions.early.forEach(guard -> ask(guard, v[guard.value()]));
    for (Node node : nodes) {
      Tensor there = known.get(node.output());
      if (there != null) {
        v[node.output()] = there;
        questions.behind(node).forEach(guard -> ask(guard, there));
        continue;
      }
      Tensor[] in = new Tensor[node.arity()];
      for (int k = 0; k < in.length; k++) {
        in[k] = v[node.input(k)];
      }
      Op op = kept != null && node.op() instanceof Nest nest ? nest.keeping() : node.op();
      Tensor[] out = Recorder.at(node, in, () -> Tensor.applyAll(op, in));
      int made = node.outputs().size();
      if (kept != null && out.length > made) {
        kept.put(node, out);
      }
      if (node.label() != null) {
        out[0].named(node.label());
      }
      System.arraycopy(out, 0, v, node.output(), made);
      questions.behind(node).forEach(guard -> ask(guard, v[guard.value()]));
    }
    return v;
  }

  private static void ask(Guard guard, Tensor value) {
    Block block = value.block();
    if (block != null) {
      guard.check(block.get(0));
    }
    if (value.recording() instanceof Recorder recorder) {
      recorder.add(guard, value);
    }
  }

  static RuntimeException mismatch(Spec recorded, Spec got) {
    return recorded.dtype() == got.dtype()
        ? new dev.backlight.core.ShapeException(
            "this tape was recorded on " + recorded.shape() + ", got " + got.shape())
        : new dev.backlight.core.DTypeException(
            "this tape was recorded on " + recorded + ", got " + got);
  }

  /// A pinned program runs only on the values it was recorded on.
  private void requireRecordedInputs(Tensor... args) {
    if (pins.isEmpty()) {
      return;
    }
    for (int i = 0; i < args.length; i++) {
      Block wanted = recordedOn[i];
      Block block = args[i].block();
      boolean symbolic = block == null && args[i].recording() != null;
      if (wanted != null && !symbolic && !(block != null && same(wanted, block))) {
        throw new StaleTape(
            "this tape is pinned to the inputs it was recorded on by "
                + String.join(", ", pins)
                + "; use test(...) for a guard or detached() to look, or record again");
      }
    }
    for (Tensor arg : args) {
      if (arg.recording() instanceof Recorder recorder) {
        pins.forEach(recorder::pin);
        break;
      }
    }
  }

  static boolean same(Block a, Block b) {
    return a == b || Tensor.over(a).sameAs(Tensor.over(b));
  }
}
