package dev.backlight.autodiff;

import dev.backlight.core.Spec;
import dev.backlight.core.op.Reshape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Has a fused node write each value once: what is read under several shapes is written under one
/// of them, and the others are reshapes of that, which lie where it lies and cost nothing.
final class SingleWrites {
  private SingleWrites() {}

  /// The program with fewer writes, or the same.
  static Program keep(Program p) {
    boolean[] given = new boolean[p.specs.length];
    Arrays.stream(p.outputs).forEach(output -> given[output] = true);
    List<Spec> specs = new ArrayList<>(Arrays.asList(p.specs));
    int[] moved = p.values();
    List<Node> nodes = new ArrayList<>();
    for (Node node : p.nodes) {
      int[] in = node.inputs();
      for (int k = 0; k < in.length; k++) {
        in[k] = moved[in[k]];
      }
      int[] first = firsts(node, given);
      List<Node> reshapes = new ArrayList<>();
      List<Integer> kept = new ArrayList<>();
      for (int k = 0; k < first.length; k++) {
        if (first[k] == k) {
          kept.add(k);
        }
      }
      if (kept.size() == first.length || !(node.op() instanceof Fused fused)) {
        nodes.add(node.numbered(in, node.output()));
        continue;
      }
      int begin = specs.size();
      for (int k : kept) {
        moved[node.output() + k] = specs.size();
        specs.add(node.outputs().get(k));
      }
      for (int k = 0; k < first.length; k++) {
        if (first[k] != k) {
          Spec spec = node.outputs().get(k);
          reshapes.add(
              new Node(
                  new Reshape(spec.shape()),
                  new int[] {moved[node.output() + first[k]]},
                  node.output() + k,
                  List.of(spec),
                  node.where(),
                  node.behind(),
                  null));
        }
      }
      nodes.add(
          new Node(
              fused.writing(kept.stream().map(fused.writes()::get).toList()),
              in,
              begin,
              kept.stream().map(node.outputs()::get).toList(),
              node.where(),
              node.behind(),
              node.label()));
      nodes.addAll(reshapes);
    }
    return specs.size() == p.specs.length
        ? p
        : DeadCode.remove(p.rewritten(p.constants, nodes, specs, moved));
  }

  /// For each output of a node the first that is the same value; outputs of the program are copies
  /// of their own, as reshapes of them would be, too.
  private static int[] firsts(Node node, boolean[] given) {
    int[] first = new int[node.outputs().size()];
    Map<Integer, Integer> known = new HashMap<>();
    for (int k = 0; k < first.length; k++) {
      boolean free = node.op() instanceof Fused && !given[node.output() + k];
      Integer before =
          free ? known.putIfAbsent(((Fused) node.op()).writes().get(k), k) : Integer.valueOf(k);
      first[k] = before == null ? k : before;
    }
    return first;
  }
}
