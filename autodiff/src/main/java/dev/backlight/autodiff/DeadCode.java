package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Drops what no output and no guard needs, and numbers the rest anew: inputs, captured tensors,
/// constants, then the values of the nodes in order.
final class DeadCode {
  private DeadCode() {}

  static Program remove(Program p) {
    boolean[] live = new boolean[p.specs.length];
    for (int output : p.outputs) {
      live[output] = true;
    }
    for (Guard guard : p.guards) {
      live[guard.value()] = true;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : p.nodes.reversed()) {
      boolean needed = false;
      for (int k = 0; k < node.outputs().size(); k++) {
        needed |= live[node.output() + k];
      }
      if (needed) {
        nodes.addFirst(node);
        for (int k = 0; k < node.arity(); k++) {
          live[node.input(k)] = true;
        }
      }
    }
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
    for (Node node : nodes) {
      int[] in = node.inputs();
      for (int k = 0; k < in.length; k++) {
        in[k] = number[in[k]];
      }
      int first = specs.size();
      for (int k = 0; k < node.outputs().size(); k++) {
        number[node.output() + k] = add(specs, node.outputs().get(k));
      }
      numbered.add(node.numbered(in, first));
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

  private static int add(List<Spec> specs, Spec spec) {
    specs.add(spec);
    return specs.size() - 1;
  }
}
