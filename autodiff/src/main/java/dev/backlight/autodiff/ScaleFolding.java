package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Conv2d;
import dev.backlight.core.op.Conv2dInput;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Mul;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Multiplies constant factors of channels into the constant filters of a convolution before or
/// behind them, for players: batch normalisation of a trained network, and its backward sweep.
///
/// `c ⊙ conv(x, w) = conv(x, c ⊙ w)`, with the filter of an output channel times its factor, and so
/// for the transpose in the images, which meets the factors before the filters. Factors and filters
/// that meet twice are multiplied once.
///
/// This is the only pass that changes bits, because products are rounded elsewhere: every filter
/// once more, and every result once less. That moves an element by at most `2⁻²³ Σ |x w c|` in
/// `F32` and `2⁻⁵² Σ |x w c|` in `F64`, beside what the sums of the convolution themselves are
/// rounded by. Where a product of factor and filter overflows or becomes subnormal, nothing is
/// folded. Only `-Ddev.backlight.foldScales=true` turns it on, because a replay then differs from
/// the recording by that rounding.
final class ScaleFolding {
  private static final boolean ON = Boolean.getBoolean("dev.backlight.foldScales");

  /// Filters and the factors of their axis.
  private record Product(int filters, int factors, int axis) {}

  private final Program p;
  private final @Nullable Node[] makers;
  private final int[] readers;

  /// Multiplications that are folded, by their outputs.
  private final boolean[] taken;

  private final Map<Product, Integer> known = new HashMap<>();
  private final Map<Integer, Block> constants;
  private final List<Spec> specs;

  private ScaleFolding(Program p) {
    this.p = p;
    makers = p.makers();
    readers = p.readers();
    taken = new boolean[p.specs.length];
    constants = new LinkedHashMap<>(p.constants);
    specs = new ArrayList<>(Arrays.asList(p.specs));
  }

  /// The program with factors of channels in its filters, if that is wanted.
  static Program fold(Program p) {
    return ON ? folded(p) : p;
  }

  static Program folded(Program p) {
    return p.nodes.stream().anyMatch(node -> filterAxis(node) >= 0)
        ? new ScaleFolding(p).folded()
        : p;
  }

  private Program folded() {
    // What each node becomes, by its first output; a factor that is folded is no node any more.
    Map<Integer, Node> become = new HashMap<>();
    int[] moved = p.values();
    for (Node node : p.nodes) {
      int axis = filterAxis(node);
      if (axis >= 0) {
        scaleBehind(node, axis, become, moved);
      }
    }
    if (become.isEmpty()) {
      return p;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : p.nodes) {
      Node now = become.getOrDefault(node.output(), node);
      int[] in = Arrays.stream(now.inputs()).map(v -> v < moved.length ? moved[v] : v).toArray();
      nodes.add(now.numbered(in, now.output()));
    }
    return DeadCode.remove(p.rewritten(constants, nodes, specs, moved));
  }

  /// Folds what scales the result of a convolution, and what scales its image.
  private void scaleBehind(Node node, int axis, Map<Integer, Node> become, int[] moved) {
    int image = node.input(0);
    int filters = node.input(1);
    Node before = makers[image];
    if (before != null && readers[image] == 1) {
      Integer scaled = scaled(before, filters, node, 1 - axis);
      if (scaled != null) {
        image = unscaled(before);
        filters = scaled;
        taken[before.output()] = true;
      }
    }
    int made = node.output();
    if (readers[made] == 1 && !node.consumers().isEmpty()) {
      Node behind = node.consumers().getFirst();
      Integer scaled = scaled(behind, filters, node, axis);
      if (scaled != null) {
        filters = scaled;
        taken[behind.output()] = true;
        moved[behind.output()] = made;
      }
    }
    if (filters != node.input(1)) {
      become.put(
          made,
          new Node(
              node.op(),
              new int[] {image, filters},
              made,
              node.outputs(),
              node.where(),
              node.behind(),
              node.label()));
    }
  }

  /// The axis of the filters that is the channels of the result; -1 if they are no constants or the
  /// node is no convolution.
  private static int filterAxis(Node node) {
    return switch (node.op()) {
      case Conv2d _ -> 0;
      case Conv2dInput _ -> 1;
      default -> -1;
    };
  }

  /// The filters times the factors of a node along an axis, if it has such and that is exact
  /// enough.
  private @Nullable Integer scaled(Node mul, int filters, Node convolution, int axis) {
    Block w = constants.get(filters);
    Integer factors = mul.op() instanceof Mul && !taken[mul.output()] ? factors(mul) : null;
    boolean grouped =
        convolution.op() instanceof Conv2d conv
            ? conv.options().groups() > 1
            : convolution.op() instanceof Conv2dInput input && input.options().groups() > 1;
    if (w == null || factors == null || (axis == 1 && grouped)) {
      return null;
    }
    Product product = new Product(filters, factors, axis);
    Integer there = known.get(product);
    if (there != null) {
      return there;
    }
    Tensor c = Tensor.over(Objects.requireNonNull(constants.get(factors)));
    int n = c.elements();
    c = c.reshape(axis == 0 ? Shape.of(n, 1, 1, 1) : Shape.of(1, n, 1, 1));
    Tensor times = Tensor.over(w).mul(c);
    if (!isNormal(times, Tensor.over(w), c)) {
      return null;
    }
    int value = specs.size();
    specs.add(times.spec());
    constants.put(value, times.block());
    known.put(product, value);
    return value;
  }

  /// The constant of a number for each channel, or for all, that a multiplication reads expanded,
  /// or `null`.
  private @Nullable Integer factors(Node mul) {
    for (int k = 0; k < 2; k++) {
      Node expand = makers[mul.input(k)];
      if (expand == null || !(expand.op() instanceof Expand op) || op.to().rank() != 4) {
        continue;
      }
      Block c = constants.get(expand.input(0));
      Shape from = p.specs[expand.input(0)].shape();
      int axis = from.rank() - 3;
      boolean each = axis >= 0 && from.size(axis) == from.elements();
      if (c != null && (each || from.elements() == 1)) {
        return expand.input(0);
      }
    }
    return null;
  }

  private int unscaled(Node mul) {
    Integer factors = factors(mul);
    Node second = makers[mul.input(1)];
    boolean isSecond =
        factors != null
            && second != null
            && second.op() instanceof Expand
            && second.input(0) == factors;
    return mul.input(isSecond ? 0 : 1);
  }

  /// Whether no product has overflowed, nor lost digits by being too small.
  private static boolean isNormal(Tensor product, Tensor w, Tensor c) {
    double least = product.dtype() == DType.F32 ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    Tensor large = product.abs().ge(least).and(product.isFinite());
    return large.or(w.eq(0)).or(c.eq(0)).and(product.isFinite()).all().toBooleans()[0];
  }
}
