package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.AMax;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.CrossEntropy;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Hypot;
import dev.backlight.core.op.LogAddExp;
import dev.backlight.core.op.LogCumSumExp;
import dev.backlight.core.op.LogSumExp;
import dev.backlight.core.op.Maximum;
import dev.backlight.core.op.Minimum;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Norm;
import dev.backlight.core.op.OrderStatistic;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Softmax;
import dev.backlight.core.op.Standardize;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The epsilon rule of layer-wise relevance propagation, by op family.
///
/// A layer `z = A(x) + b` hands its relevance back in proportion to what its inputs contributed:
/// `R_x = x · Aᵀ (R / (z + ε sign z))`, where the sign of 0 is 1. A product with given weights and
/// the given biases added to it are one layer: `z` includes the biases, and ε acts once.
///
/// | family | relevance |
/// |---|---|
/// | elementwise, one of two given | passes |
/// | linear | the layer formula; a mere factor, a conversion and a repetition conserve exactly |
/// | bilinear, one input given | the layer formula |
/// | bilinear, one factor a gate | the other takes all: `σ(u) v` of recurrent cells, `x φ(x)` of SiLU and GELU, `x / size(x)` of norms ([Gates]) |
/// | bilinear otherwise | the layer formula for each with half of R |
/// | softmax | `x (R − y ΣR)`, its Taylor expansion at x; with [Attention#VALUES] products give it nothing |
/// | standardisation (layer, group, instance norm) | passes; scale and shift are a layer |
/// | quotient | the numerator takes all |
/// | norms, hypotenuse | in proportion to squares |
/// | log-sum-exp | in proportion to the softmax |
/// | cross-entropy | log-sum-exp and label by their shares |
/// | routing, extremes, order statistics | goes where the elements came from: the winner of a pooling takes all |
/// | loops of known length, calls | as what is inside |
/// | other loops, linear algebra, custom | no rule: an error that names op and line |
///
/// Relevance is conserved by all of them but two: a bias keeps its share, and the softmax keeps
/// what its expansion leaves. S. Bach and others (2015); L. Arras and others, "Explaining recurrent
/// neural network predictions in sentiment analysis" (2017), for gates; G. Montavon and others,
/// "Layer-wise relevance propagation: an overview" (2019); A. Ali and others, "XAI for
/// transformers" (2022), for [Attention#VALUES]; R. Achtibat and others, "AttnLRP" (2024), for
/// softmax, products and norms.
///
/// @param epsilon what is added to the size of every denominator; absolute, in the units of the
///   layer's output. With 0, an output of exactly 0 hands nothing back
/// @param attention what a product with a softmax gives to either side
public record EpsilonRule(double epsilon, Attention attention) implements BackwardRule {
  /// What the product of attention weights and values hands back.
  public enum Attention {
    /// Half to the weights, half to the values, as AttnLRP does.
    HALVES,
    /// All to the values, as if weights were given: conserving layer by layer.
    VALUES
  }

  /// Small enough to conserve relevance, large enough for every denominator.
  public static final double DEFAULT = 1e-9;

  public EpsilonRule {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException(
          "an epsilon needs to be at least 0 and finite, got " + epsilon);
    }
  }

  /// With [#DEFAULT].
  public EpsilonRule() {
    this(DEFAULT);
  }

  /// With attention in halves.
  public EpsilonRule(double epsilon) {
    this(epsilon, Attention.HALVES);
  }

  @Override
  public Tensor seed(Tensor output) {
    return output;
  }

  @Override
  public BackwardRule within(Surroundings sweep) {
    AffineLayers layers = new AffineLayers(sweep);
    Gates gates = new Gates(sweep, attention == Attention.VALUES);
    return new BackwardRule() {
      @Override
      public @Nullable Tensor[] back(Node node, Site at) {
        if (layers.isBiasOfALayer(node)) {
          return at.op().vjps(at);
        }
        Tensor z = layers.outputOf(node, at.y());
        if (at.op() instanceof Op.Bilinear && at.needs(0) && at.needs(1)) {
          return product(at, z, gates.of(node));
        }
        return cross(node, at, z);
      }

      @Override
      public Tensor seed(Tensor output) {
        return output;
      }
    };
  }

  /// One node by itself, with no layer around it.
  @Override
  public @Nullable Tensor[] back(Node node, Site at) {
    return cross(node, at, at.y());
  }

  private @Nullable Tensor[] cross(Node node, Site at, Tensor z) {
    return switch (at.op()) {
      case Op.Elementwise _ -> passed(at);
      case Op.Linear linear ->
          switch (linear) {
            case Scale _, Over _ -> passed(at);
            case Expand _, Cast _ -> linear.vjps(at);
            default -> shared(at, at.g(), z);
          };
      case Op.Bilinear _ -> shared(at, at.needs(0) && at.needs(1) ? at.g().mul(.5) : at.g(), z);
      case Op.Routing routing -> routing.vjps(at);
      case Op.Pairwise pairwise -> pair(pairwise, node, at, z);
      case Op.Coupled coupled -> new @Nullable Tensor[] {coupled(coupled, node, at), null};
      case Op.Discrete _ -> new @Nullable Tensor[at.inputs()];
      case Op.Nested _, Op.Custom _ -> throw missing(node);
    };
  }

  private @Nullable Tensor[] pair(Op.Pairwise op, Node node, Site at, Tensor z) {
    return switch (op) {
      case Div _ when !at.needs(1) -> shared(at, at.g(), z);
      case Div _ when at.needs(0) -> new @Nullable Tensor[] {at.g(), null};
      case Maximum _, Minimum _, LogAddExp _ -> op.vjps(at);
      case Hypot _ -> shared(at, at.g(), z);
      default -> {
        if (at.needs(0) && at.needs(1)) {
          throw missing(node);
        }
        yield passed(at);
      }
    };
  }

  private Tensor coupled(Op.Coupled op, Node node, Site at) {
    return switch (op) {
      case AMax _, OrderStatistic _, LogSumExp _, LogCumSumExp _ ->
          Objects.requireNonNull(op.vjp(0, at));
      case Norm _ -> Objects.requireNonNull(shared(at, at.g(), at.y())[0]);
      case Standardize _ -> at.g(0);
      case Softmax _ -> {
        Tensor never = at.y().eq(0);
        Tensor kept = at.g().sub(at.y().mul(at.g().sumKeep(-1)));
        yield never.where(0, never.where(0, at.x()).mul(kept));
      }
      case CrossEntropy _ -> {
        Tensor p = at.x().softmax(-1);
        Tensor label = at.x(1).oneHot(p.size(-1), p.dtype());
        Tensor all = at.x().logSumExp(-1).unsqueeze(-1);
        Tensor share = at.g(0).div(stabilized(at.y(0))).unsqueeze(-1);
        yield share.mul(all.mul(p).sub(at.x().mul(label)));
      }
      default -> throw missing(node);
    };
  }

  /// A product of two factors that depend on x.
  @SuppressWarnings("ReferenceEquality") // the output itself, without a bias behind it
  private @Nullable Tensor[] product(Site at, Tensor z, int gate) {
    if (gate < 0) {
      return shared(at, at.g().mul(.5), z);
    }
    @Nullable Tensor[] sent = new Tensor[2];
    if (!(at.op() instanceof Mul)) {
      sent[1 - gate] = shared(at, at.g(), z)[1 - gate];
    } else {
      sent[1 - gate] = z == at.y() ? at.g() : at.y().mul(at.g().div(stabilized(z)));
    }
    return sent;
  }

  private static @Nullable Tensor[] passed(Site at) {
    @Nullable Tensor[] sent = new Tensor[at.inputs()];
    Arrays.setAll(sent, i -> at.needs(i) ? at.g() : null);
    return sent;
  }

  private @Nullable Tensor[] shared(Site at, Tensor relevance, Tensor z) {
    Tensor perUnit = relevance.div(stabilized(z));
    @Nullable Tensor[] sent = at.op().vjps(at.receiving(perUnit));
    for (int i = 0; i < sent.length; i++) {
      Tensor flow = sent[i];
      sent[i] = flow == null ? null : at.x(i).mul(flow);
    }
    return sent;
  }

  private Tensor stabilized(Tensor z) {
    if (epsilon == 0) {
      return z.eq(0).where(1, z);
    }
    return z.ge(0).where(z.add(epsilon), z.sub(epsilon));
  }

  private static UnsupportedOperationException missing(Node node) {
    return new UnsupportedOperationException(
        "epsilon-LRP has no rule for "
            + node
            + "; explain an output before it, give a rule of your own, or use integrated"
            + " gradients");
  }
}
