package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.op.Mul;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The layers that one sweep crosses, in the order of computation, and where each is.
final class PlacedLayers {
  private final Surroundings sweep;
  private final List<Node> layers = new ArrayList<>();
  private final Map<Node, Integer> before = new HashMap<>();
  private final Map<Node, Integer> behind = new HashMap<>();

  PlacedLayers(Surroundings sweep) {
    this.sweep = sweep;
    List<Node> nodes = sweep.nodes();
    for (Node node : nodes) {
      if (isLayer(node, sweep)) {
        layers.add(node);
      }
      int most = 0;
      for (int value : node.inputs()) {
        Node maker = sweep.active(value) ? sweep.maker(value) : null;
        if (maker != null) {
          most = Math.max(most, through(maker, before));
        }
      }
      before.put(node, most);
    }
    for (Node node : nodes.reversed()) {
      int most = 0;
      for (Node consumer : node.consumers()) {
        if (reads(consumer, node)) {
          most = Math.max(most, through(consumer, behind));
        }
      }
      behind.put(node, most);
    }
  }

  /// Whether a node is a product with given weights.
  private static boolean isLayer(Node node, Surroundings sweep) {
    return CompositeRule.isShared(node, sweep) && !(node.op() instanceof Mul);
  }

  private int through(Node node, Map<Node, Integer> count) {
    return count.getOrDefault(node, 0) + (isLayer(node, sweep) ? 1 : 0);
  }

  /// Whether something that depends on x goes from one node into another.
  private boolean reads(Node consumer, Node node) {
    return Arrays.stream(consumer.inputs())
        .anyMatch(value -> sweep.active(value) && node.equals(sweep.maker(value)));
  }

  /// The layers at a position.
  ///
  /// @throws IllegalArgumentException if a layer was asked for that the network does not have
  List<Node> at(Position position) {
    return switch (position) {
      case Position.First _ -> layers.stream().filter(this::readsInput).toList();
      case Position.Nth nth -> {
        List<Node> some =
            layers.stream()
                .filter(node -> nth.op() == null || nth.op() == node.op().getClass())
                .toList();
        int k = nth.k() < 0 ? some.size() + nth.k() : nth.k();
        if (k < 0 || k >= some.size()) {
          throw missing(position, some);
        }
        yield List.of(some.get(k));
      }
      case Position.Depth depth -> {
        Map<Node, Integer> count = depth.fromInput() ? before : behind;
        Predicate<Node> within =
            node -> {
              int others = count.getOrDefault(node, 0);
              return others >= depth.from() && others < depth.to();
            };
        List<Node> some = layers.stream().filter(within).toList();
        if (some.isEmpty()) {
          throw missing(position, layers);
        }
        yield some;
      }
    };
  }

  private static IllegalArgumentException missing(Position position, List<Node> known) {
    return new IllegalArgumentException(
        "a composite has a rule for "
            + position
            + ", but there "
            + (known.size() == 1 ? "is 1" : "are " + known.size())
            + (known.isEmpty()
                ? ""
                : ": " + known.stream().map(Node::toString).collect(Collectors.joining(", "))));
  }

  /// Whether nothing but moves lies between a node and the input.
  private boolean readsInput(Node node) {
    for (int value : node.inputs()) {
      Node maker = sweep.active(value) ? sweep.maker(value) : null;
      if (maker != null && !(maker.op() instanceof Op.Routing && readsInput(maker))) {
        return false;
      }
    }
    return true;
  }
}
