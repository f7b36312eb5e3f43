package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Permute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Transposes before a loop a matrix that all its steps share and multiply few rows with: once,
/// rather than in the product of every step. For players; values keep every bit.
///
/// What else is the same in every step is never in a loop: operations on tensors from outside alone
/// are recorded outside.
final class LoopTransposes {
  private static final Permute SWAP = new Permute(List.of(1, 0));

  private final List<Node> nodes = new ArrayList<>();
  private final List<Spec> specs;

  private LoopTransposes(Program p) {
    specs = new ArrayList<>(Arrays.asList(p.specs));
  }

  /// The program with fewer transpositions, or the same.
  static Program hoist(Program p) {
    LoopTransposes all = new LoopTransposes(p);
    boolean any = false;
    for (Node node : p.nodes) {
      Body body = body(node.op());
      Node other = body == null ? node : all.lightened(node, body);
      any |= other != node;
      all.nodes.add(other.numbered(other.inputs(), other.output()));
    }
    return any ? DeadCode.remove(p.rewritten(p.constants, all.nodes, all.specs, p.values())) : p;
  }

  /// What a loop runs, `null` if an op is none.
  private static @Nullable Body body(Op op) {
    return switch (op) {
      case Scan scan -> scan.body();
      case Repeat repeat -> repeat.body();
      default -> null;
    };
  }

  private static boolean isShared(Op loop, int input) {
    return switch (loop) {
      case Scan scan -> input >= scan.carries() && !scan.mapped().get(input);
      case Repeat repeat -> !repeat.mapped().get(input);
      default -> false;
    };
  }

  /// A loop with another body, that reads some more which all steps share.
  private static Op with(Op loop, Body body, int more) {
    return switch (loop) {
      case Scan s ->
          new Scan(body, s.carries(), s.length(), and(s.mapped(), more), s.backwards(), s.kept());
      case Repeat r -> new Repeat(body, r.length(), and(r.mapped(), more), r.stacked());
      default -> throw new AssertionError("no loop");
    };
  }

  private static List<Boolean> and(List<Boolean> mapped, int more) {
    List<Boolean> all = new ArrayList<>(mapped);
    IntStream.range(0, more).forEach(_ -> all.add(false));
    return all;
  }

  /// The loop that reads transposed matrices, which are made before it.
  private Node lightened(Node loop, Body body) {
    Program inside = turned(hoist(body.program), loop.op());
    int[] turns =
        inside.nodes.stream()
            .filter(n -> n.op().equals(SWAP) && isSharedInput(inside, loop.op(), n.input(0)))
            .mapToInt(Node::output)
            .toArray();
    if (turns.length == 0) {
      return inside == body.program
          ? loop
          : loop.doing(with(loop.op(), new Body(inside), 0), loop.outputs());
    }
    int[] inputs = Arrays.copyOf(loop.inputs(), loop.arity() + turns.length);
    @Nullable Node[] makers = inside.makers();
    Map<Integer, Integer> made = new HashMap<>();
    for (int k = 0; k < turns.length; k++) {
      Node turn = Objects.requireNonNull(makers[turns[k]]);
      int matrix = loop.input(turn.input(0));
      inputs[loop.arity() + k] =
          made.computeIfAbsent(
              matrix,
              _ -> {
                nodes.add(turn.numbered(new int[] {matrix}, specs.size()));
                specs.add(turn.outputs().getFirst());
                return specs.size() - 1;
              });
    }
    return new Node(
        with(loop.op(), new Body(reading(inside, turns)), turns.length),
        inputs,
        loop.output(),
        loop.outputs(),
        loop.where(),
        loop.behind(),
        loop.label());
  }

  private static boolean isSharedInput(Program inside, Op loop, int value) {
    return value < inside.inputs && isShared(loop, value);
  }

  /// The body with products that read the transpose of a shared matrix as a value, where that pays.
  private static Program turned(Program p, Op loop) {
    List<Spec> specs = new ArrayList<>(Arrays.asList(p.specs));
    List<Node> nodes = new ArrayList<>();
    for (Node node : p.nodes) {
      if (!(node.op() instanceof MatMul op
          && isSharedInput(p, loop, node.input(1))
          && op.turns(p.specs[node.input(1)], node.outputs().getFirst()))) {
        nodes.add(node.numbered(node.inputs(), node.output()));
        continue;
      }
      int turned = specs.size();
      specs.add(SWAP.infer(p.specs[node.input(1)])[0]);
      nodes.add(
          new Node(
              SWAP,
              new int[] {node.input(1)},
              turned,
              List.of(specs.getLast()),
              node.where(),
              node.behind(),
              null));
      nodes.add(
          node.doing(new MatMul(op.ta(), false), node.outputs())
              .numbered(new int[] {node.input(0), turned}, node.output()));
    }
    return specs.size() == p.specs.length ? p : p.rewritten(p.constants, nodes, specs, p.values());
  }

  /// The body that reads some values as further inputs.
  private static Program reading(Program inside, int[] values) {
    Recorder recorder = new Recorder();
    Tensor[] x = Body.inputs(recorder, inside);
    Map<Integer, Tensor> known = new LinkedHashMap<>();
    for (int value : values) {
      known.put(value, recorder.input(inside.specs[value], null));
    }
    Tensor[] v = inside.on(null, known, x);
    return recorder.finish(IntStream.of(inside.outputs).mapToObj(value -> v[value]).toList());
  }
}
