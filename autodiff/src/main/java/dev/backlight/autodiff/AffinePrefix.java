package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.op.Concat;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Flip;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Slice;
import dev.backlight.core.op.Take;
import dev.backlight.core.op.TakeAlong;
import dev.backlight.core.op.Where;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The part of a program that is affine in its inputs, up to where something else begins: usually
/// the first layer of a network.
final class AffinePrefix {
  private final Program p;

  /// What depends on an input in any way, and what does so affinely.
  private final boolean[] depends;

  private final boolean[] affine;

  private AffinePrefix(Program p) {
    this.p = p;
    depends = new boolean[p.specs.length];
    affine = new boolean[p.specs.length];
    for (int i = 0; i < p.inputs; i++) {
      depends[i] = true;
      affine[i] = true;
    }
    for (Node node : p.nodes) {
      boolean any = false;
      for (int k = 0; k < node.arity(); k++) {
        any |= depends[node.input(k)];
      }
      boolean is = any && keeps(node);
      for (int k = 0; k < node.outputs().size(); k++) {
        depends[node.output() + k] = any;
        affine[node.output() + k] = is && p.specs[node.output() + k].dtype().isFloat();
      }
    }
  }

  /// The nodes whose outputs are affine in the inputs and all that anything else reads of them.
  /// None if something else reads the inputs themselves, or if there is no product among the affine
  /// nodes, which alone would be worth it.
  static List<Node> frontier(Program p) {
    AffinePrefix prefix = new AffinePrefix(p);
    Set<Integer> values = new LinkedHashSet<>();
    boolean product = false;
    for (Node node : p.nodes) {
      if (prefix.affine[node.output()]) {
        product |=
            node.op() instanceof Op.Bilinear
                && node.op().flops(prefix.specs(node), outputs(node))
                    > outputs(node)[0].shape().elements();
        continue;
      }
      for (int k = 0; k < node.arity(); k++) {
        if (prefix.affine[node.input(k)]) {
          values.add(node.input(k));
        }
      }
    }
    for (int output : p.outputs) {
      if (prefix.affine[output]) {
        values.add(output);
      }
    }
    for (Guard guard : p.guards) {
      if (prefix.affine[guard.value()]) {
        return List.of();
      }
    }
    @Nullable Node[] makers = p.makers();
    List<Node> nodes = new ArrayList<>();
    for (int value : values) {
      Node maker = makers[value];
      if (maker == null) {
        return List.of();
      }
      nodes.add(maker);
    }
    return product ? nodes : List.of();
  }

  private Spec[] specs(Node node) {
    Spec[] specs = new Spec[node.arity()];
    for (int k = 0; k < specs.length; k++) {
      specs[k] = p.specs[node.input(k)];
    }
    return specs;
  }

  private static Spec[] outputs(Node node) {
    return node.outputs().toArray(Spec[]::new);
  }

  /// Whether the output is affine in the inputs if what it reads is affine in them or independent.
  private boolean keeps(Node node) {
    int dependent = 0;
    for (int k = 0; k < node.arity(); k++) {
      if (depends[node.input(k)]) {
        dependent++;
        if (!affine[node.input(k)]) {
          return false;
        }
      }
    }
    return switch (node.op()) {
      case Op.Linear _ -> true;
      case Op.Bilinear _ -> dependent == 1;
      case Reshape _, Permute _, Slice _, Embed _, Flip _, Concat _ -> true;
      case Take _, TakeAlong _ -> !depends[node.input(1)];
      case Where _ -> !depends[node.input(0)];
      default -> false;
    };
  }
}
