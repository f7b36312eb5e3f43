package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The layers of a recorded model: nodes that depend on x, have one row for every example, and lead
/// to the answer.
///
/// @param nodes in the order of computation
/// @param cuts for each, whether every path from x to the answer passes through it
record Layers(List<Node> nodes, boolean[] cuts) {
  static Layers of(Tape<Tensor, Tensor> tape, int rows) {
    List<Node> dependents = tape.dependents(Function.identity());
    boolean[] cut = cuts(dependents);
    List<Node> nodes = new ArrayList<>();
    List<Boolean> marks = new ArrayList<>();
    for (int i = 0; i < dependents.size(); i++) {
      Node node = dependents.get(i);
      int rank = node.outputs().getFirst().shape().rank();
      if (rank > 0 && node.outputs().getFirst().shape().size(0) == rows) {
        nodes.add(node);
        marks.add(cut[i]);
      }
    }
    boolean[] kept = new boolean[marks.size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = marks.get(i);
    }
    return new Layers(List.copyOf(nodes), kept);
  }

  /// The node that the model's author named so.
  ///
  /// @throws IllegalArgumentException if there is none
  static Node labelled(Tape<Tensor, Tensor> tape, String label) {
    List<String> labels = new ArrayList<>();
    for (Node node : tape.dependents(Function.identity())) {
      String name = node.label();
      if (label.equals(name)) {
        return node;
      }
      if (name != null) {
        labels.add(name);
      }
    }
    throw new IllegalArgumentException(
        "a layer of the model is needed, got "
            + label
            + "; it has "
            + (labels.isEmpty() ? "none that is named" : String.join(", ", labels)));
  }

  /// The nodes whose values may change with x, by arithmetic or by a comparison.
  static List<Node> reached(Tape<Tensor, Tensor> tape) {
    Set<Integer> values = new HashSet<>(Set.of(0));
    List<Node> nodes = new ArrayList<>();
    for (Node node : tape.nodes()) {
      if (Arrays.stream(node.inputs()).anyMatch(values::contains)) {
        nodes.add(node);
        for (int k = 0; k < node.outputs().size(); k++) {
          values.add(node.output() + k);
        }
      }
    }
    return nodes;
  }

  /// A node is a cut if no edge leads from before it to after it. In topological order such an
  /// edge, and only such an edge, is part of a path that avoids the node.
  private static boolean[] cuts(List<Node> nodes) {
    int n = nodes.size();
    Map<Integer, Integer> maker = new HashMap<>();
    // The only input leaf of the tape is x, as value 0.
    maker.put(0, -1);
    for (int i = 0; i < n; i++) {
      Node node = nodes.get(i);
      for (int k = 0; k < node.outputs().size(); k++) {
        if (node.outputs().get(k).dtype().isFloat()) {
          maker.put(node.output() + k, i);
        }
      }
    }
    boolean[] leads = new boolean[n];
    int[] spans = new int[n + 1];
    for (int i = n - 1; i >= 0; i--) {
      // The answer is computed last; what leads nowhere else only feeds a guard.
      leads[i] |= i == n - 1;
      if (!leads[i]) {
        continue;
      }
      for (int value : nodes.get(i).inputs()) {
        int from = maker.getOrDefault(value, -2);
        if (from >= 0) {
          leads[from] = true;
        }
        if (from >= -1) {
          spans[from + 1]++;
          spans[i]--;
        }
      }
    }
    boolean[] cut = new boolean[n];
    int open = 0;
    for (int i = 0; i < n; i++) {
      open += spans[i];
      long floats = nodes.get(i).outputs().stream().filter(s -> s.dtype().isFloat()).count();
      cut[i] = leads[i] && open == 0 && floats == 1;
    }
    return cut;
  }
}
