package dev.backlight.explain;

import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How one layer `z = A(x, W) + b` hands its relevance R back to its input, where A is linear in x
/// and in W: a product or a convolution.
///
/// `x⁺, x⁻` are the positive and negative parts, likewise of W and b, and `den(z) = z + ε sign z`
/// with sign 0 = 1. Every rule is `Σ x' · Aᵀ(R / den(z'), W')` over one or more modified pairs (x',
/// W') that z' is the sum of. G. Montavon et al., "Layer-wise relevance propagation: an overview"
/// (2019).
public sealed interface LayerRule {
  /// What flows to the input.
  Tensor relevance(Layer layer, double stabilizer);

  /// In proportion to what each input brought, `x W / den(z)`.
  ///
  /// @param epsilon what denominators gain; it absorbs what is weak or contradictory
  /// @param bias whether the bias takes its share
  record Epsilon(double epsilon, boolean bias) implements LayerRule {
    /// With a bias that takes its share.
    public Epsilon(double epsilon) {
      this(epsilon, true);
    }

    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      Tensor z = bias ? l.z : l.z.sub(l.bias);
      return l.x.mul(l.back(l.share(z, epsilon), l.whole()));
    }
  }

  /// Of what speaks for z only: `x⁺W⁺ + x⁻W⁻ + b⁺`.
  record ZPlus() implements LayerRule {
    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      return l.excited(stabilizer);
    }
  }

  /// `alpha` times what speaks for z less `beta` times what speaks against it, `alpha − beta = 1`.
  /// S. Bach et al. (2015).
  record AlphaBeta(double alpha, double beta) implements LayerRule {
    public AlphaBeta {
      if (!(Math.abs(alpha - beta - 1) < 1e-9 && beta >= 0)) {
        throw new IllegalArgumentException(
            "alpha-beta needs alpha - beta = 1 and beta of at least 0, got "
                + alpha
                + " and "
                + beta);
      }
    }

    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      Tensor most = l.excited(stabilizer).mul(alpha);
      if (beta == 0) {
        return most;
      }
      Tensor positive = l.x.relu();
      Tensor negative = l.x.sub(positive);
      Weight up = l.positive();
      Weight down = l.negative();
      Tensor z = l.forth(positive, down).add(l.forth(negative, up)).add(l.bias.minimum(0));
      Tensor share = l.share(z, stabilizer);
      Tensor least = positive.mul(l.back(share, down)).add(negative.mul(l.back(share, up)));
      return most.sub(least.mul(beta));
    }
  }

  /// What speaks in the direction of z counts more by `gamma`: generalised to outputs and inputs of
  /// both signs. L. Andéol et al., "Learning domain invariant representations by joint Wasserstein
  /// distance minimization" (2021).
  record Gamma(double gamma) implements LayerRule {
    public Gamma {
      if (!(gamma >= 0 && gamma < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("gamma needs to be finite and at least 0, got " + gamma);
      }
    }

    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      Weight up = l.whole().plus(l.positive().times(gamma));
      Weight down = l.whole().plus(l.negative().times(gamma));
      Tensor raised = l.bias.add(l.bias.relu().mul(gamma));
      Tensor lowered = l.bias.add(l.bias.minimum(0).mul(gamma));
      Tensor above = part(l, up, down, raised, stabilizer, l.z.gt(0));
      Tensor below = part(l, down, up, lowered, stabilizer, l.z.lt(0));
      return above.add(below);
    }

    private static Tensor part(
        Layer l, Weight forPositive, Weight forNegative, Tensor bias, double e, Tensor where) {
      Tensor positive = l.x.relu();
      Tensor negative = l.x.sub(positive);
      Tensor z = l.forth(positive, forPositive).add(l.forth(negative, forNegative)).add(bias);
      Tensor share = where.where(l.share(z, e), 0);
      return positive.mul(l.back(share, forPositive)).add(negative.mul(l.back(share, forNegative)));
    }
  }

  /// As [Gamma] where inputs are not negative, as other tools have it: `W + gamma W⁺`, the bias as
  /// it is.
  record GammaOfWeights(double gamma, double epsilon) implements LayerRule {
    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      return l.with(l.whole().plus(l.positive().times(gamma)), epsilon);
    }
  }

  /// Of positive weights only, the bias as it is, as other tools have it: alpha 1, beta 0 where
  /// inputs are not negative.
  record PositiveWeights(double epsilon) implements LayerRule {
    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      return l.with(l.positive(), epsilon);
    }
  }

  /// In proportion to the squares of the weights, whatever the inputs: for a first layer. G.
  /// Montavon et al., "Explaining nonlinear classification decisions with deep Taylor
  /// decomposition" (2017).
  record WSquare() implements LayerRule {
    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      Tensor ones = Tensor.ones(l.x.shape(), l.x.dtype());
      Weight squares = l.squares();
      Tensor z = l.forth(ones, squares).add(l.bias.square());
      return l.back(l.share(z, stabilizer), squares);
    }
  }

  /// In equal parts to all inputs: for a first layer.
  record Flat() implements LayerRule {
    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      Tensor ones = Tensor.ones(l.x.shape(), l.x.dtype());
      Weight weights = l.ones();
      return l.back(l.share(l.forth(ones, weights), stabilizer), weights);
    }
  }

  /// For a first layer whose inputs lie between two bounds: `x W − low W⁺ − high W⁻`. G. Montavon
  /// et al. (2017).
  record ZBox(double low, double high) implements LayerRule {
    public ZBox {
      if (!(low < high)) {
        throw new IllegalArgumentException(
            "z-box needs low below high, got " + low + " and " + high);
      }
    }

    @Override
    public Tensor relevance(Layer l, double stabilizer) {
      Tensor ones = Tensor.ones(l.x.shape(), l.x.dtype());
      Weight up = l.positive();
      Weight down = l.negative();
      Tensor least = ones.mul(low);
      Tensor most = ones.mul(high);
      Tensor z = l.forth(l.x, l.whole()).sub(l.forth(least, up)).sub(l.forth(most, down));
      Tensor share = l.share(z, stabilizer);
      return l.x
          .mul(l.back(share, l.whole()))
          .sub(least.mul(l.back(share, up)))
          .sub(most.mul(l.back(share, down)));
    }
  }

  /// Modified weights: `factor · W'`, where W' may be another matrix under positive factors than
  /// under negative ones.
  ///
  /// @param under what stands under factors that are not negative
  /// @param over what stands under negative factors; the same tensor where there are no factors
  /// @param factor of the shape of the layer's output, `null` for 1
  record Weight(Tensor under, Tensor over, @Nullable Tensor factor) {
    @SuppressWarnings("ReferenceEquality") // one tensor, asked in Tensor language
    private boolean isPlain() {
      return under == over;
    }

    private Weight plus(Weight other) {
      return new Weight(under.add(other.under), over.add(other.over), factor);
    }

    private Weight times(double by) {
      return new Weight(under.mul(by), over.mul(by), factor);
    }
  }

  /// A layer as its rule sees it.
  final class Layer {
    private final Op op;
    private final int active;
    private final Site at;
    private final Tensor x;
    private final Tensor w;
    private final Tensor z;
    private final Tensor bias;
    private final @Nullable Tensor factor;

    /// The layer of a bilinear op of which one input depends on x, with its whole output `z`, that
    /// is `factor · op(x, w) + bias`. A factor belongs to the weights, as that of a batch
    /// normalisation behind a convolution does.
    Layer(Site at, Tensor z, @Nullable Tensor factor) {
      op = at.op();
      this.at = at;
      active = at.needs(0) ? 0 : 1;
      x = at.x(active);
      w = at.x(1 - active);
      this.z = z;
      this.factor = factor;
      bias = z.sub(factor == null ? at.y() : at.y().mul(factor));
    }

    private Weight whole() {
      return new Weight(w, w, factor);
    }

    private Weight positive() {
      Tensor up = w.relu();
      return new Weight(up, factor == null ? up : w.sub(up), factor);
    }

    private Weight negative() {
      Tensor up = w.relu();
      Tensor down = w.sub(up);
      return new Weight(down, factor == null ? down : up, factor);
    }

    private Weight squares() {
      Tensor squares = w.square();
      return new Weight(squares, squares, factor == null ? null : factor.square());
    }

    private Weight ones() {
      Tensor ones = Tensor.ones(w.shape(), w.dtype());
      return new Weight(ones, ones, null);
    }

    private Tensor[] inputs(Tensor input, Tensor weight) {
      return active == 0 ? new Tensor[] {input, weight} : new Tensor[] {weight, input};
    }

    /// `A(x', W')`.
    private Tensor forth(Tensor input, Weight weight) {
      Tensor by = weight.factor;
      Tensor under = Tensor.apply(op, inputs(input, weight.under));
      if (by == null) {
        return under;
      }
      if (weight.isPlain()) {
        return under.mul(by);
      }
      Tensor over = Tensor.apply(op, inputs(input, weight.over));
      return under.mul(by.relu()).add(over.mul(by.minimum(0)));
    }

    /// `Aᵀ(s, W')`.
    private Tensor back(Tensor share, Weight weight) {
      Tensor by = weight.factor;
      if (by == null) {
        return transposed(share, weight.under);
      }
      if (weight.isPlain()) {
        return transposed(share.mul(by), weight.under);
      }
      return transposed(share.mul(by.relu()), weight.under)
          .add(transposed(share.mul(by.minimum(0)), weight.over));
    }

    private Tensor transposed(Tensor share, Tensor weight) {
      Site there =
          new Site(
              op,
              inputs(x, weight),
              new Tensor[] {at.y()},
              new Tensor[] {share},
              new boolean[] {active == 0, active == 1},
              at.where());
      return Objects.requireNonNull(op.vjp(active, there));
    }

    /// `R / den(z')`.
    private Tensor share(Tensor sum, double epsilon) {
      return at.g().div(sum.ge(0).where(sum.add(epsilon), sum.sub(epsilon)));
    }

    private Tensor excited(double stabilizer) {
      Tensor positive = x.relu();
      Tensor negative = x.sub(positive);
      Weight up = positive();
      Weight down = negative();
      Tensor sum = forth(positive, up).add(forth(negative, down)).add(bias.relu());
      Tensor share = share(sum, stabilizer);
      return positive.mul(back(share, up)).add(negative.mul(back(share, down)));
    }

    private Tensor with(Weight weights, double epsilon) {
      return x.mul(back(share(forth(x, weights).add(bias), epsilon), weights));
    }
  }
}
