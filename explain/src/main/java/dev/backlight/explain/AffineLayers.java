package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sub;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds layers on a tape: a product with given weights, or a sum, and the given biases added to
/// it.
///
/// A tape knows `matmul` and `add`, while relevance rules are written for `xW + b`. Biases belong
/// to the node before them when nobody else reads what is between; a reshape may stand there, too.
/// Folding takes factors that are given to the layer, too, which makes a batch normalisation at
/// inference a part of the convolution or product before it.
final class AffineLayers {
  private final Surroundings sweep;
  private final boolean folding;

  AffineLayers(Surroundings sweep) {
    this(sweep, false);
  }

  AffineLayers(Surroundings sweep, boolean folding) {
    this.sweep = sweep;
    this.folding = folding;
  }

  /// The output of the layer that begins at a node, under the shape of the node's own output `y`:
  /// with all biases that follow. It is `y` itself if none do.
  Tensor outputOf(Node node, Tensor y) {
    Node last = isCore(node) ? last(node) : node;
    return last == node ? y : sweep.value(last.output()).reshape(y.shape());
  }

  /// What given factors that follow multiply a layer with, under the shape of its own output `y`;
  /// `null` if there are none.
  @Nullable Tensor factorOf(Node node, Tensor y) {
    Tensor factor = null;
    Node end = isCore(node) ? last(node) : node;
    for (Node at = node; at != end; ) {
      at = Objects.requireNonNull(soleConsumer(at));
      Tensor one = isFactor(at) ? factor(at, y) : null;
      factor = factor == null ? one : one == null ? factor : factor.mul(one);
    }
    return factor;
  }

  private Tensor factor(Node node, Tensor y) {
    return switch (node.op()) {
      case Scale(double by) -> Tensor.full(y.shape(), y.dtype(), by);
      case Over(double by) -> Tensor.full(y.shape(), y.dtype(), 1 / by);
      case Div _ -> sweep.value(node.inputs()[1]).reciprocal().reshape(y.shape());
      default -> sweep.value(node.inputs()[active(node, 0) ? 1 : 0]).reshape(y.shape());
    };
  }

  /// Whether a node multiplies something that depends on x with something given.
  private boolean isFactor(Node node) {
    return switch (node.op()) {
      case Scale _, Over _ -> true;
      case Mul _ -> active(node, 0) != active(node, 1);
      case Div _ -> active(node, 0) && !active(node, 1);
      default -> false;
    };
  }

  /// Whether a node is a part of a layer that began before it.
  boolean isPartOfALayer(Node node) {
    return (isBias(node) || (folding && isFactor(node))) && follows(node);
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
      if (isBias(next) || (folds(node) && isFactor(next))) {
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
    return isBias(node) && follows(node);
  }

  private boolean follows(Node node) {
    boolean factors = isFactor(node);
    Node before = dependedOn(node);
    while (before != null && soleConsumer(before) != null) {
      if (isCore(before) && !(folding && isFactor(before) && follows(before))) {
        return !factors || folds(before);
      }
      if (folding && isFactor(before)) {
        factors = true;
      } else if (!isBias(before) && !(before.op() instanceof Reshape)) {
        return false;
      }
      before = dependedOn(before);
    }
    return false;
  }

  /// Whether factors behind a layer are folded into it: a product of matrices or a convolution with
  /// given weights.
  private boolean folds(Node node) {
    return folding
        && node.op() instanceof Op.Bilinear
        && !(node.op() instanceof Mul)
        && active(node, 0) != active(node, 1);
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
