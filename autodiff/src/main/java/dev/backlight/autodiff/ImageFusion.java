package dev.backlight.autodiff;

import dev.backlight.core.Spec;
import dev.backlight.core.op.Conv2d;
import dev.backlight.core.op.Conv2dInput;
import dev.backlight.core.op.MaxPool2d;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Has what is behind a convolution done while each part of its result is in the cache: pointwise
/// nodes that alone read it, such as a bias and a ReLU, and the pool of what they make. Every bit
/// is the same. See [FusedImages].
final class ImageFusion {
  private final Program p;
  private final @Nullable Node[] makers;
  private final int[] readers;

  /// The first pool of each value.
  private final Map<Integer, Node> pools = new HashMap<>();

  private ImageFusion(Program p) {
    this.p = p;
    makers = p.makers();
    readers = p.readers();
    for (Node node : p.nodes) {
      if (node.op() instanceof MaxPool2d) {
        pools.putIfAbsent(node.input(0), node);
      }
    }
  }

  /// The program with fewer nodes, or the same.
  static Program fuse(Program p) {
    return new ImageFusion(p).fused();
  }

  private Program fused() {
    Map<Node, FusedImages> at = new LinkedHashMap<>();
    Set<Node> gone = new HashSet<>();
    for (Node node : p.nodes) {
      FusedImages images = node.op() instanceof Fused ? images(node, gone) : null;
      if (images != null) {
        at.put(node, images);
        gone.add(images.maker());
        if (images.pool() != null) {
          gone.add(images.pool());
        }
      }
    }
    if (at.isEmpty()) {
      return p;
    }
    List<Spec> specs = new ArrayList<>(Arrays.asList(p.specs));
    int[] moved = p.values();
    List<Node> nodes = new ArrayList<>();
    for (Node node : p.nodes) {
      FusedImages images = at.get(node);
      if (images != null) {
        nodes.add(node(images, specs, moved));
      } else if (!gone.contains(node)) {
        nodes.add(node);
      }
    }
    List<Node> renamed = new ArrayList<>();
    for (Node node : nodes) {
      int[] in = Arrays.stream(node.inputs()).map(v -> moved[v]).toArray();
      renamed.add(node.numbered(in, node.output()));
    }
    return DeadCode.remove(p.rewritten(p.constants, renamed, specs, moved));
  }

  /// The node of some images; its outputs get new numbers behind all others.
  private Node node(FusedImages images, List<Spec> specs, int[] moved) {
    int first = specs.size();
    for (int value : images.outputs()) {
      moved[value] = specs.size();
      specs.add(p.specs[value]);
    }
    Node maker = images.maker();
    List<Spec> made = List.copyOf(specs.subList(first, specs.size()));
    return new Node(
        images, images.inputs(), first, made, maker.where(), maker.behind(), maker.label());
  }

  private static boolean isConvolution(Node node) {
    return node.op() instanceof Conv2d || node.op() instanceof Conv2dInput;
  }

  /// The convolution before a group, the group and the pool behind it, or `null`. Of several
  /// convolutions it is the last, which runs just before the group anyway.
  private @Nullable FusedImages images(Node group, Set<Node> gone) {
    Node pool =
        IntStream.range(group.output(), group.output() + group.outputs().size())
            .mapToObj(pools::get)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    for (int k = group.arity() - 1; k >= 0; k--) {
      int value = group.input(k);
      Node maker = makers[value];
      if (maker != null && readers[value] == 1 && !gone.contains(maker) && isConvolution(maker)) {
        List<Spec> read = Arrays.stream(maker.inputs()).mapToObj(v -> p.specs[v]).toList();
        boolean drops = pool != null && readers[pool.input(0)] == 1;
        FusedImages both = FusedImages.of(maker, read, group, k, pool, drops);
        FusedImages found =
            both == null && pool != null
                ? FusedImages.of(maker, read, group, k, null, false)
                : both;
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
