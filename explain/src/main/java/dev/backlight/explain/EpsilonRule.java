package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.AMax;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.Maximum;
import dev.backlight.core.op.Minimum;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Scale;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The epsilon rule of layer-wise relevance propagation, by op family.
///
/// A layer `z = A(x) + b` hands its relevance back in proportion to what its inputs contributed:
/// `R_x = x · Aᵀ (R / (z + ε sign z))`, where the sign of 0 is 1. A product with given weights and
/// the given biases added to it are one layer: `z` includes the biases, and ε acts once.
///
/// | family | relevance |
/// |---|---|
/// | elementwise | passes |
/// | linear | the layer formula; a mere factor, a conversion and a repetition conserve exactly |
/// | bilinear, one input given | the layer formula |
/// | bilinear, both depend on x | the layer formula for each with half of R, as AttnLRP does |
/// | routing, extremes | goes where the elements came from: the winner of a pooling takes all |
/// | coupled, pairwise, nested, custom | no rule: an error that names op and line |
///
/// S. Bach and others (2015); G. Montavon and others, "Layer-wise relevance propagation: an
/// overview" (2019); R. Achtibat and others, "AttnLRP" (2024).
///
/// @param epsilon what is added to the size of every denominator; absolute, in the units of the
///   layer's output
public record EpsilonRule(double epsilon) implements BackwardRule {
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

  @Override
  public Tensor seed(Tensor output) {
    return output;
  }

  @Override
  public BackwardRule within(Surroundings sweep) {
    AffineLayers layers = new AffineLayers(sweep);
    return new BackwardRule() {
      @Override
      public @Nullable Tensor[] back(Node node, Site at) {
        if (layers.isBiasOfALayer(node)) {
          return at.op().vjps(at);
        }
        return cross(node, at, layers.outputOf(node, at.y()));
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
      case Op.Pairwise pairwise ->
          switch (pairwise) {
            case Div _ when !at.needs(1) -> shared(at, at.g(), z);
            case Maximum _, Minimum _ -> pairwise.vjps(at);
            default -> throw missing(node);
          };
      case Op.Coupled coupled -> {
        if (coupled instanceof AMax) {
          yield coupled.vjps(at);
        }
        throw missing(node);
      }
      case Op.Discrete _ -> new @Nullable Tensor[at.inputs()];
      case Op.Nested _, Op.Custom _ -> throw missing(node);
    };
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
    return z.ge(0).where(z.add(epsilon), z.sub(epsilon));
  }

  private static UnsupportedOperationException missing(Node node) {
    return new UnsupportedOperationException(
        "epsilon-LRP has no rule for "
            + node
            + "; explain an output before it, give a rule of your own, or use integrated gradients");
  }
}
