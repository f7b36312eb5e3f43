package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.AMax;
import dev.backlight.core.op.CrossEntropy;
import dev.backlight.core.op.LogSumExp;
import dev.backlight.core.op.MaxPool2d;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Norm;
import dev.backlight.core.op.Softmax;
import dev.backlight.core.op.Standardize;
import dev.backlight.core.op.Where;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The multipliers of DeepLIFT: what a node's output differs from its value at the baseline, over
/// what its inputs differ.
///
/// | family | multiplier |
/// |---|---|
/// | elementwise | `Δy / Δx`, the derivative where `\|Δx\| < eps` (the rescale rule) |
/// | linear, moving elements | the transpose |
/// | bilinear, one input given | the transpose |
/// | bilinear, both depend on x | the transpose at the mean of both points, which is exact |
/// | pairwise | the mean of both orders in which the two inputs can change, over their differences |
/// | maxima, max pooling | with `m = max(y, y')`: `m − y'` to the winner at x, `y − m` to the winner at the baseline |
/// | a choice that x makes otherwise than the baseline | half of what each side moved; the rest by how far they moved |
/// | softmax, log-sum-exp, cross-entropy, standardisation, norm | [DeepLiftCoupled] |
///
/// Each sums exactly to `Δy`, so whatever is made of them does, too. What has no rule is an error
/// that names op and line: order statistics, linear algebra, loops of unknown length, custom ops.
///
/// @param atBaseline what depends on x as it is at the baseline, by number, and the input as 0
/// @param eps below which a difference counts as none
record DeepLiftRule(Map<Integer, Tensor> atBaseline, double eps) implements BackwardRule {
  @Override
  public boolean reachesUnselected() {
    return true;
  }

  @Override
  public @Nullable Tensor[] back(Node node, Site at) {
    return switch (at.op()) {
      case Op.Elementwise _ -> new @Nullable Tensor[] {at.g().mul(rescaled(node, at))};
      case Op.Linear linear -> linear.vjps(at);
      case Op.Bilinear bilinear ->
          at.needs(0) && at.needs(1)
              ? bilinear.vjps(between(node, at))
              : switched(node, at) ? masked(node, at) : bilinear.vjps(at);
      case Op.Pairwise _ -> pairwise(node, at);
      case MaxPool2d pool -> new @Nullable Tensor[] {pooled(pool, node, at)};
      case Where _ when atBaseline.containsKey(node.inputs()[0]) -> chosen(node, at);
      case Op.Routing routing -> routing.vjps(at);
      case Op.Discrete _ -> new @Nullable Tensor[at.inputs()];
      case Op.Coupled coupled -> new @Nullable Tensor[] {coupled(coupled, node, at), null};
      case Op.Nested _, Op.Custom _ -> throw missing(node);
    };
  }

  private static UnsupportedOperationException missing(Node node) {
    return new UnsupportedOperationException(
        "DeepLIFT has no rule for "
            + node
            + "; explain an output before it, or use integrated gradients");
  }

  private Tensor coupled(Op.Coupled op, Node node, Site at) {
    Tensor there = before(node, at, 0);
    return switch (op) {
      case Softmax _ -> DeepLiftCoupled.softmax(at.g(), at.x(), there, eps);
      case LogSumExp _ -> DeepLiftCoupled.logSumExp(at.g(), at.x(), there, eps);
      case CrossEntropy _ -> DeepLiftCoupled.crossEntropy(at.g(), at.x(), there, at.x(1), eps);
      case Standardize standardize -> DeepLiftCoupled.standardize(standardize, at, there);
      case Norm norm -> {
        int[] axes = norm.axes().stream().mapToInt(Integer::intValue).toArray();
        Tensor y = at.x().normKeep(axes);
        yield DeepLiftCoupled.norm(
            at.g().reshape(y.shape()), at.x(), there, y, there.normKeep(axes));
      }
      case AMax _ -> winners(at, there);
      default -> throw missing(node);
    };
  }

  /// Whether a factor does not depend on x by arithmetic, and yet is another at the baseline.
  private boolean switched(Node node, Site at) {
    return at.op() instanceof Mul && atBaseline.containsKey(node.inputs()[at.needs(0) ? 1 : 0]);
  }

  /// A product with a mask that x decides: the factor that moves takes the difference.
  private @Nullable Tensor[] masked(Node node, Site at) {
    int moving = at.needs(0) ? 0 : 1;
    Tensor step = at.x(moving).sub(before(node, at, moving));
    @Nullable Tensor[] sent = new Tensor[2];
    sent[moving] = at.g().mul(over(at.y().sub(after(node, at)), step, at.x(1 - moving)));
    return sent;
  }

  /// `where`, of which x may choose another side than the baseline: then either gets half of what
  /// it moved, and both share what is left by how far they moved.
  private @Nullable Tensor[] chosen(Node node, Site at) {
    Tensor here = at.x(0);
    Tensor there = before(node, at, 0);
    Tensor same = here.and(there).or(here.not().and(there.not()));
    Tensor a = at.needs(1) ? at.x(1).sub(before(node, at, 1)) : null;
    Tensor b = at.needs(2) ? at.x(2).sub(before(node, at, 2)) : null;
    List<Tensor> moves = Stream.of(a, b).filter(Objects::nonNull).toList();
    Tensor far = moves.stream().map(Tensor::abs).reduce(Tensor::add).orElseThrow();
    Tensor halves = moves.stream().reduce(Tensor::add).orElseThrow().mul(.5);
    Tensor rest = over(at.y().sub(after(node, at)).sub(halves), far, far.mul(0));
    @Nullable Tensor[] sent = new Tensor[3];
    for (int i = 1; i < 3; i++) {
      Tensor moved = i == 1 ? a : b;
      if (moved != null) {
        Tensor routed = (i == 1 ? here : here.not()).to(at.y().dtype());
        sent[i] = at.g().mul(same.where(routed, rest.mul(moved.sign()).add(.5)));
      }
    }
    return sent;
  }

  /// The winners of a maximum, here and at the baseline.
  private Tensor winners(Site at, Tensor there) {
    Tensor made = Tensor.apply(at.op(), there);
    Tensor most = at.y().maximum(made);
    Site other =
        new Site(
            at.op(),
            new Tensor[] {there},
            new Tensor[] {made},
            new @Nullable Tensor[] {null},
            new boolean[] {true},
            at.where());
    Tensor share =
        Objects.requireNonNull(at.op().vjp(0, at.receiving(at.g().mul(most.sub(made)))))
            .add(
                Objects.requireNonNull(
                    at.op().vjp(0, other.receiving(at.g().mul(at.y().sub(most))))));
    return over(share, at.x().sub(there), share.mul(0));
  }

  /// What an input was at the baseline: the same, if it does not depend on x.
  private Tensor before(Node node, Site at, int i) {
    Tensor there = atBaseline.get(node.inputs()[i]);
    return there == null ? at.x(i) : there;
  }

  private Tensor rescaled(Node node, Site at) {
    Tensor step = at.x().sub(before(node, at, 0));
    Tensor change = at.y().sub(after(node, at));
    Tensor ones = Tensor.ones(at.y().shape(), at.y().dtype());
    Tensor slope = at.op().vjp(0, at.receiving(ones));
    return over(change, step, slope == null ? ones.mul(0) : slope);
  }

  /// The output at the baseline.
  private Tensor after(Node node, Site at) {
    Tensor there = atBaseline.get(node.output());
    return there == null ? at.y() : there;
  }

  /// `change / step`, and something else where there is no step.
  Tensor over(Tensor change, Tensor step, Tensor otherwise) {
    Tensor none = step.abs().lt(eps);
    return none.where(otherwise, change.div(none.where(1, step)));
  }

  private Site between(Node node, Site at) {
    Tensor[] middle = {
      at.x(0).add(before(node, at, 0)).mul(0.5), at.x(1).add(before(node, at, 1)).mul(0.5)
    };
    return new Site(
        at.op(),
        middle,
        new Tensor[] {at.y()},
        new Tensor[] {at.g()},
        new boolean[] {true, true},
        at.where());
  }

  private @Nullable Tensor[] pairwise(Node node, Site at) {
    Tensor[] x = {at.x(0), at.x(1)};
    Tensor[] b = {before(node, at, 0), before(node, at, 1)};
    Tensor all = at.y();
    Tensor first = Tensor.apply(at.op(), x[0], b[1]);
    Tensor second = Tensor.apply(at.op(), b[0], x[1]);
    Tensor none = Tensor.apply(at.op(), b[0], b[1]);
    Tensor[] shares = {
      all.sub(second).add(first.sub(none)).mul(0.5), all.sub(first).add(second.sub(none)).mul(0.5)
    };
    @Nullable Tensor[] sent = new Tensor[2];
    Tensor ones = Tensor.ones(all.shape(), all.dtype());
    for (int i = 0; i < 2; i++) {
      if (at.needs(i)) {
        Tensor slope = at.op().vjp(i, at.receiving(ones));
        Tensor otherwise = slope == null ? ones.mul(0) : slope;
        sent[i] = at.g().mul(over(shares[i], x[i].sub(b[i]), otherwise));
      }
    }
    return sent;
  }

  private Tensor pooled(MaxPool2d pool, Node node, Site at) {
    Tensor there = before(node, at, 0);
    Tensor[] made = Tensor.applyAll(pool, there);
    Tensor most = at.y().maximum(made[0]);
    Tensor here = sent(pool, at, at.g().mul(most.sub(made[0])));
    Site other =
        new Site(
            pool,
            new Tensor[] {there},
            made,
            new @Nullable Tensor[] {at.g(), null},
            new boolean[] {true},
            at.where());
    Tensor back = sent(pool, other, at.g().mul(at.y().sub(most)));
    Tensor share = here.add(back);
    return over(share, at.x().sub(there), share.mul(0));
  }

  private static Tensor sent(MaxPool2d pool, Site at, Tensor g) {
    return Objects.requireNonNull(pool.vjp(0, at.receiving(g)));
  }
}
