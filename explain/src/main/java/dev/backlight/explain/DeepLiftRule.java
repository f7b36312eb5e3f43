package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MaxPool2d;
import java.util.Map;
import java.util.Objects;
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
/// | max pooling | with `m = max(y, y')`: `m − y'` to the winner at x, `y − m` to the winner at the baseline |
///
/// Each sums exactly to `Δy`, so whatever is made of them does, too. Coupled ops have no rule.
///
/// @param atBaseline the values of the nodes at the baseline, by number, and of the input as 0
/// @param eps below which a difference counts as none
record DeepLiftRule(Map<Integer, Tensor> atBaseline, double eps) implements BackwardRule {
  @Override
  public @Nullable Tensor[] back(Node node, Site at) {
    return switch (at.op()) {
      case Op.Elementwise _ -> new @Nullable Tensor[] {at.g().mul(rescaled(node, at))};
      case Op.Linear linear -> linear.vjps(at);
      case Op.Bilinear bilinear ->
          bilinear.vjps(at.needs(0) && at.needs(1) ? between(node, at) : at);
      case Op.Pairwise _ -> pairwise(node, at);
      case MaxPool2d pool -> new @Nullable Tensor[] {pooled(pool, node, at)};
      case Op.Routing routing -> routing.vjps(at);
      case Op.Discrete _ -> new @Nullable Tensor[at.inputs()];
      case Op.Coupled _, Op.Nested _, Op.Custom _ ->
          throw new UnsupportedOperationException(
              "DeepLIFT has no rule for "
                  + node
                  + "; explain an output before it, or use integrated gradients");
    };
  }

  /// What an input was at the baseline: the same, if it does not depend on x.
  private Tensor before(Node node, Site at, int i) {
    Tensor there = at.needs(i) ? atBaseline.get(node.inputs()[i]) : null;
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
  private Tensor over(Tensor change, Tensor step, Tensor otherwise) {
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
