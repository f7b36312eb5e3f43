package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Drops what no output and no guard needs, also inside of nodes that run programs, and numbers the
/// rest anew: inputs, captured tensors, constants, then the values of the nodes in order.
final class DeadCode {
  private DeadCode() {}

  /// A node that stays, as the op that does only what is needed.
  private record Kept(Node node, int[] inputs, int[] outputs) {}

  static Program remove(Program p) {
    List<Kept> nodes = new ArrayList<>();
    boolean[] live = live(p, nodes);
    int[] number = new int[p.specs.length];
    Arrays.fill(number, -1);
    List<Spec> specs = new ArrayList<>();
    for (int i = 0; i < p.inputs; i++) {
      number[i] = add(specs, p.specs[i]);
    }
    Map<Integer, Tensor> captured = new LinkedHashMap<>();
    p.captured.forEach((value, tensor) -> {
      if (live[value]) {
        captured.put(number[value] = add(specs, p.specs[value]), tensor);
      }
    });
    Map<Integer, Block> constants = new LinkedHashMap<>();
    p.constants.forEach((value, block) -> {
      if (live[value]) {
        constants.put(number[value] = add(specs, p.specs[value]), block);
      }
    });
    List<Node> numbered = new ArrayList<>();
    for (Kept kept : nodes.reversed()) {
      int[] in = kept.inputs.clone();
      for (int k = 0; k < in.length; k++) {
        in[k] = number[in[k]];
      }
      int first = specs.size();
      for (int value : kept.outputs) {
        number[value] = add(specs, p.specs[value]);
      }
      numbered.add(kept.node.numbered(in, first));
    }
    return new Program(
        p.inputs,
        captured,
        constants,
        List.copyOf(numbered),
        specs.toArray(Spec[]::new),
        Arrays.stream(p.outputs).map(v -> number[v]).toArray(),
        p.guards.stream()
            .map(g -> new Guard(number[g.value()], g.question(), g.answer(), g.where()))
            .toList(),
        p.pins,
        p.recordedOn);
  }

  /// Which values outputs and guards need.
  static boolean[] live(Program p) {
    return live(p, new ArrayList<>());
  }

  private static boolean[] live(Program p, List<Kept> nodes) {
    boolean[] live = new boolean[p.specs.length];
    for (int output : p.outputs) {
      live[output] = true;
    }
    for (Guard guard : p.guards) {
      live[guard.value()] = true;
    }
    for (Node node : p.nodes.reversed()) {
      Kept kept = kept(node, live);
      if (kept != null) {
        nodes.add(kept);
        for (int input : kept.inputs) {
          live[input] = true;
        }
      }
    }
    return live;
  }

  private static @Nullable Kept kept(Node node, boolean[] live) {
    int made = node.outputs().size();
    boolean[] needed = new boolean[made];
    boolean any = false;
    for (int k = 0; k < made; k++) {
      needed[k] = live[node.output() + k];
      any |= needed[k];
    }
    if (!any) {
      return null;
    }
    int[] inputs = node.inputs();
    int[] outputs = IntStream.range(0, made).map(k -> node.output() + k).toArray();
    Nest.Slim slim = node.op() instanceof Nest nest ? nest.slim(needed) : null;
    if (slim == null) {
      return new Kept(node, inputs, outputs);
    }
    return new Kept(
        node.doing(
            slim.op(), IntStream.of(slim.outputs()).mapToObj(k -> node.outputs().get(k)).toList()),
        IntStream.of(slim.inputs()).map(i -> inputs[i]).toArray(),
        IntStream.of(slim.outputs()).map(k -> outputs[k]).toArray());
  }

  private static int add(List<Spec> specs, Spec spec) {
    specs.add(spec);
    return specs.size() - 1;
  }
}
