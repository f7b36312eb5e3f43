package dev.backlight.explain.quality;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/// The layers of a recorded model, by label or by place.
final class HiddenLayers {
  private HiddenLayers() {}

  static Node labelled(Tape<Tensor, Tensor> tape, String label) {
    return tape.node(label)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "a layer of the model is needed, got " + label + "; it has " + named(tape)));
  }

  private static String named(Tape<Tensor, Tensor> tape) {
    List<String> labels =
        tape.nodes().stream()
            .map(Node::label)
            .filter(Objects::nonNull)
            .map(Objects::toString)
            .toList();
    return labels.isEmpty() ? "none that is named" : String.join(", ", labels);
  }

  /// What the last product that depends on x reads.
  static Node last(Tape<Tensor, Tensor> tape) {
    List<Node> nodes = tape.dependents(Function.identity());
    for (Node node : nodes.reversed()) {
      if (node.op() instanceof Op.Bilinear) {
        for (Node before : nodes.reversed()) {
          for (int value : node.inputs()) {
            if (before.output() == value) {
              return before;
            }
          }
        }
      }
    }
    throw new IllegalArgumentException(
        "a hidden layer is needed, got a model whose last product reads none");
  }
}
