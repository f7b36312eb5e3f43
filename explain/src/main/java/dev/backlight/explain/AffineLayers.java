package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sub;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds layers on a tape: a product with given weights, or a sum, and the given biases added to
/// it.
///
/// A tape knows `matmul` and `add`, while relevance rules are written for `xW + b`. Biases belong
/// to the node before them when nobody else reads what is between; a reshape may stand there, too.
final class AffineLayers {
  private final Surroundings sweep;

  AffineLayers(Surroundings sweep) {
    this.sweep = sweep;
  }

  /// The output of the layer that begins at a node, under the shape of the node's own output `y`:
  /// with all biases that follow. It is `y` itself if none do.
  Tensor outputOf(Node node, Tensor y) {
    Node last = isCore(node) ? last(node) : node;
    return last == node ? y : sweep.value(last.output()).reshape(y.shape());
  }

  /// The name of the layer that begins at a node: the node's own, or that of its last bias.
  @Nullable String labelOf(Node node) {
    return node.label() != null ? node.label() : last(node).label();
  }

  /// The node of the last bias that follows; the node itself if none do.
  private Node last(Node node) {
    Node last = node;
    Node reached = node;
    for (Node next = soleConsumer(reached); next != null; next = soleConsumer(reached)) {
      if (isBias(next)) {
        last = next;
      } else if (!(next.op() instanceof Reshape)) {
        break;
      }
      reached = next;
    }
    return last;
  }

  /// Whether a node adds a bias to a layer that began before it.
  boolean isBiasOfALayer(Node node) {
    if (!isBias(node)) {
      return false;
    }
    Node before = dependedOn(node);
    while (before != null && soleConsumer(before) != null) {
      if (isCore(before)) {
        return true;
      }
      if (!isBias(before) && !(before.op() instanceof Reshape)) {
        return false;
      }
      before = dependedOn(before);
    }
    return false;
  }

  /// Whether a node adds something given to something that depends on x.
  private boolean isBias(Node node) {
    return switch (node.op()) {
      case Shift _ -> true;
      case Add _ -> active(node, 0) != active(node, 1);
      case Sub _ -> active(node, 0) && !active(node, 1);
      default -> false;
    };
  }

  /// Whether a node mixes its inputs linearly, so that relevance is shared among them.
  private boolean isCore(Node node) {
    return switch (node.op()) {
      case Scale _, Over _, Expand _, Cast _ -> false;
      case Op.Linear _ -> !isBias(node);
      case Op.Bilinear _ -> true;
      case Div _ -> !active(node, 1);
      default -> false;
    };
  }

  private boolean active(Node node, int input) {
    return sweep.active(node.inputs()[input]);
  }

  /// The maker of the first input that depends on x.
  private @Nullable Node dependedOn(Node node) {
    for (int value : node.inputs()) {
      if (sweep.active(value)) {
        return sweep.maker(value);
      }
    }
    return null;
  }

  private static @Nullable Node soleConsumer(Node node) {
    List<Node> consumers = node.consumers();
    return consumers.size() == 1 ? consumers.getFirst() : null;
  }
}
