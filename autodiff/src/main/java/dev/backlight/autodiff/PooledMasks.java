package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.op.CompareTo;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.MaxPool2d;
import dev.backlight.core.op.MaxPool2dInput;
import dev.backlight.core.op.Where;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks a maximum instead of everything that it was chosen from.
///
/// Behind a ReLU and a pool, what flows back is first spread over the images, 0 wherever nothing
/// was chosen, and then held at 0 where the ReLU was off. What was chosen is the pooled value
/// itself, so the question can be put to that, before the spreading: to a quarter of the numbers,
/// and the images need not be kept. Every bit is the same.
///
/// `where(ask(x), spread(g), 0)` becomes `spread(where(ask(y), g, 0))`, with y the pool of x, and
/// `spread` by its places.
final class PooledMasks {
  private final Program p;
  private final @Nullable Node[] makers;
  private final List<Spec> specs;
  private final Map<Integer, Block> constants;
  private final List<Node> nodes = new ArrayList<>();

  private PooledMasks(Program p) {
    this.p = p;
    makers = p.makers();
    specs = new ArrayList<>(Arrays.asList(p.specs));
    constants = new LinkedHashMap<>(p.constants);
  }

  static Program pull(Program p) {
    PooledMasks pass = new PooledMasks(p);
    for (Node node : p.nodes) {
      if (!pass.isPulled(node)) {
        pass.nodes.add(node);
      }
    }
    return pass.specs.size() == p.specs.length
        ? p
        : DeadCode.remove(p.rewritten(pass.constants, pass.nodes, pass.specs, p.values()));
  }

  private boolean isPulled(Node where) {
    if (!(where.op() instanceof Where)) {
      return false;
    }
    Node asked = makers[where.input(0)];
    Node spread = makers[where.input(1)];
    if (asked == null
        || spread == null
        || !(asked.op() instanceof CompareTo question)
        || !(spread.op() instanceof MaxPool2dInput back)
        || !isZero(where.input(2))) {
      return false;
    }
    Node pool = makers[spread.input(1)];
    if (pool == null
        || !(pool.op() instanceof MaxPool2d max)
        || !max.options().equals(back.options())
        || pool.input(0) != asked.input(0)
        || pool.output() + 1 != spread.input(1)) {
      return false;
    }
    Spec pooled = spec(spread.input(0));
    int mask = add(question, asked, List.of(pool.output()), question.infer(pooled)[0]);
    int zero = specs.size();
    specs.add(Spec.of(Shape.SCALAR, pooled.dtype()));
    constants.put(zero, Block.allocate(spec(zero)));
    int none = add(new Expand(pooled.shape()), where, List.of(zero), pooled);
    int held = add(new Where(), where, List.of(mask, spread.input(0), none), pooled);
    int[] in = {held, spread.input(1)};
    nodes.add(
        new Node(
            back,
            in,
            where.output(),
            where.outputs(),
            where.where(),
            where.behind(),
            where.label()));
    return true;
  }

  private Spec spec(int value) {
    return specs.get(value);
  }

  /// A node that makes a value behind all others.
  private int add(Op op, Node like, List<Integer> in, Spec made) {
    int value = specs.size();
    specs.add(made);
    int[] reads = in.stream().mapToInt(i -> i).toArray();
    nodes.add(new Node(op, reads, value, List.of(made), like.where(), like.behind(), null));
    return value;
  }

  /// Whether a value is a constant of zeros, none of them -0, or repeats one.
  private boolean isZero(int value) {
    Node maker = makers[value];
    boolean repeats = maker != null && maker.op() instanceof Expand;
    Block constant = p.constants.get(repeats && maker != null ? maker.input(0) : value);
    for (int i = 0; constant != null && i < constant.size(); i++) {
      if (Double.doubleToLongBits(constant.get(i)) != 0) {
        return false;
      }
    }
    return constant != null;
  }
}
