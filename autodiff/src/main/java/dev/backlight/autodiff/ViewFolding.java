package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Has matrix products read permuted, cut and repeated tensors where these were made from, and
/// write where a permutation of the product would lie: for players, so that no element is moved
/// before it is multiplied.
///
/// A transposition becomes a flag of [MatMul]; anything else a [ViewedProduct], if its strides are
/// such that a kernel can go by them. Every sum has the same terms in the same order, so every bit
/// stays. A tensor that something else reads as well is made, and then read, as before.
final class ViewFolding {
  private final Program p;
  private final @Nullable Node[] makers;

  private final int[] readers;

  /// Where each product is written, and the values on the way there, which are made with it.
  private final @Nullable Seen[] written;

  private final boolean[] within;

  private ViewFolding(Program p) {
    this.p = p;
    makers = p.makers();
    readers = p.readers();
    written = new Seen[p.specs.length];
    within = new boolean[p.specs.length];
    for (Node node : p.nodes) {
      if (node.op() instanceof MatMul op) {
        written[node.output()] = written(node, op);
      }
    }
  }

  /// The program with fewer copies, or the same.
  static Program fold(Program p) {
    boolean product = false;
    boolean moves = false;
    for (Node node : p.nodes) {
      product |= node.op() instanceof MatMul;
      moves |= moves(node.op());
    }
    if (!product || !moves) {
      return p;
    }
    ViewFolding all = new ViewFolding(p);
    boolean[] still = DeadCode.live(all.folded(new boolean[p.specs.length]));
    Program folded = all.folded(still);
    return folded == p ? p : DeadCode.remove(folded);
  }

  private static boolean moves(Op op) {
    return op instanceof Permute || op instanceof Slice || op instanceof Expand;
  }

  /// The elements of a value, seen in the memory of another.
  private record Seen(int value, View view) {}

  /// The program in which products read what they can of values that are not made anyway.
  private Program folded(boolean[] made) {
    List<Node> nodes = new ArrayList<>();
    boolean any = false;
    for (Node node : p.nodes) {
      if (within[node.output()]) {
        continue;
      }
      Node other = node.op() instanceof MatMul op ? folded(node, op, made) : node;
      any |= other != node;
      nodes.add(other);
    }
    return any ? p.doing(nodes) : p;
  }

  private Node folded(Node node, MatMul op, boolean[] made) {
    Seen x = read(node, 0, op, made);
    Seen y = read(node, 1, op, made);
    Seen z = Objects.requireNonNull(written[node.output()]);
    boolean inPlace = z.value == node.output();
    if (x.value == node.input(0) && y.value == node.input(1) && inPlace) {
      return node;
    }
    Boolean tx = turned(x);
    Boolean ty = turned(y);
    Op product =
        inPlace && tx != null && ty != null
            ? new MatMul(op.ta() ^ tx, op.tb() ^ ty)
            : new ViewedProduct(op, x.view, y.view, z.view);
    return new Node(
        product,
        new int[] {x.value, y.value},
        z.value,
        List.of(p.specs[z.value]),
        node.where(),
        node.behind(),
        node.label());
  }

  /// Whether a view is the matrices of a value transposed, or as they are; `null` if neither.
  private @Nullable Boolean turned(Seen seen) {
    Shape shape = p.specs[seen.value].shape();
    if (seen.view.equals(View.of(shape))) {
      return false;
    }
    int rank = shape.rank();
    if (rank < 2 || rank != seen.view.shape().rank()) {
      return null;
    }
    List<Integer> order = new ArrayList<>();
    for (int a = 0; a < rank; a++) {
      order.add(a < rank - 2 ? a : 2 * rank - 3 - a);
    }
    return seen.view.equals(View.of(shape).through(new Permute(order))) ? true : null;
  }

  /// The factor `k` of a product, seen as far from it as its kernel can go.
  private Seen read(Node node, int k, MatMul op, boolean[] made) {
    int value = node.input(k);
    Seen best = new Seen(value, View.of(p.specs[value].shape()));
    if (made[value]) {
      return best;
    }
    List<Op> chain = new ArrayList<>();
    boolean moves = false;
    Node maker = makers[value];
    while (maker != null
        && !within[maker.output()]
        && (maker.op() instanceof Reshape || moves(maker.op()))) {
      chain.addFirst(maker.op());
      moves |= moves(maker.op());
      int from = maker.input(0);
      View view = View.of(p.specs[from].shape());
      for (int i = 0; view != null && i < chain.size(); i++) {
        view = view.through(chain.get(i));
      }
      if (moves && view != null && readable(node, k, op, view)) {
        best = new Seen(from, view);
      }
      maker = made[from] ? null : makers[from];
    }
    return best;
  }

  private boolean readable(Node node, int k, MatMul op, View view) {
    View x = k == 0 ? view : View.of(p.specs[node.input(0)].shape());
    View y = k == 1 ? view : View.of(p.specs[node.input(1)].shape());
    Spec made = p.specs[node.output()];
    return op.planned(x, y, View.of(made.shape()), made.dtype()) != null;
  }

  /// The product, seen in what becomes of it alone.
  private Seen written(Node node, MatMul op) {
    Spec made = p.specs[node.output()];
    Seen best = new Seen(node.output(), View.of(made.shape()));
    View x = View.of(p.specs[node.input(0)].shape());
    View y = View.of(p.specs[node.input(1)].shape());
    List<Node> chain = new ArrayList<>();
    int value = node.output();
    while (readers[value] == 1) {
      Node next = reader(value);
      if (next == null || !(next.op() instanceof Permute || next.op() instanceof Reshape)) {
        break;
      }
      chain.addFirst(next);
      value = next.output();
      View view = View.of(p.specs[value].shape());
      for (int i = 0; view != null && i < chain.size(); i++) {
        view = view.before(chain.get(i).op(), p.specs[chain.get(i).input(0)].shape());
      }
      if (next.op() instanceof Permute
          && view != null
          && op.planned(x, y, view, made.dtype()) != null) {
        chain.forEach(moved -> within[moved.output()] = true);
        best = new Seen(value, view);
      }
    }
    return best;
  }

  /// The one node that reads a value, `null` if it is an output or is asked by a guard.
  private @Nullable Node reader(int value) {
    List<Node> all = Objects.requireNonNull(makers[value]).consumers();
    return all.size() == 1 ? all.getFirst() : null;
  }
}
