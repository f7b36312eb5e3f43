package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Conv2d;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rule for each layer: by its label, by being the first, a convolution, or any. What is not such
/// a layer (activations, pooling, sums, moves) crosses by the [EpsilonRule].
///
/// ```java
/// new Lrp(CompositeRule.epsilonPlus().first(new LayerRule.ZBox(0, 1)))
/// ```
///
/// @param any for products that nothing else is said of
/// @param convolution for convolutions that nothing else is said of
/// @param first for layers that read the input; `null` for none of its own
/// @param byLabel for the layers of a label, see `Tensor.named`; before all others
/// @param stabilizer what denominators gain in rules without an epsilon of their own, and elsewhere
public record CompositeRule(
    LayerRule any,
    LayerRule convolution,
    @Nullable LayerRule first,
    Map<String, LayerRule> byLabel,
    double stabilizer)
    implements BackwardRule {
  private static final double STABILIZER = 1e-6;

  public CompositeRule {
    byLabel = Map.copyOf(byLabel);
  }

  /// One rule for all layers.
  public static CompositeRule of(LayerRule rule) {
    return new CompositeRule(rule, rule, null, Map.of(), STABILIZER);
  }

  /// z⁺ for convolutions, epsilon 1e-6 for other products.
  public static CompositeRule epsilonPlus() {
    return of(new LayerRule.Epsilon(STABILIZER)).convolutions(new LayerRule.ZPlus());
  }

  /// Alpha 2, beta 1 for convolutions, epsilon 1e-6 for other products.
  public static CompositeRule epsilonAlpha2Beta1() {
    return of(new LayerRule.Epsilon(STABILIZER)).convolutions(new LayerRule.AlphaBeta(2, 1));
  }

  /// Gamma 1/4 for convolutions, epsilon 1e-6 for other products, and a box for what reads images
  /// whose elements lie between two bounds.
  public static CompositeRule epsilonGammaBox(double low, double high) {
    return of(new LayerRule.Epsilon(STABILIZER))
        .convolutions(new LayerRule.Gamma(0.25))
        .first(new LayerRule.ZBox(low, high));
  }

  /// With a rule for convolutions.
  public CompositeRule convolutions(LayerRule rule) {
    return new CompositeRule(any, rule, first, byLabel, stabilizer);
  }

  /// With a rule for layers that read the input.
  public CompositeRule first(LayerRule rule) {
    return new CompositeRule(any, convolution, rule, byLabel, stabilizer);
  }

  /// With a rule for the layers of a label.
  public CompositeRule labelled(String label, LayerRule rule) {
    Map<String, LayerRule> more = new LinkedHashMap<>(byLabel);
    more.put(label, rule);
    return new CompositeRule(any, convolution, first, more, stabilizer);
  }

  /// With another stabiliser.
  public CompositeRule stabilizer(double other) {
    return new CompositeRule(any, convolution, first, byLabel, other);
  }

  @Override
  public Tensor seed(Tensor output) {
    return output;
  }

  @Override
  public @Nullable Tensor[] back(Node node, Site at) {
    return new EpsilonRule(stabilizer).back(node, at);
  }

  @Override
  public BackwardRule within(Surroundings sweep) {
    AffineLayers layers = new AffineLayers(sweep);
    BackwardRule elsewhere = new EpsilonRule(stabilizer).within(sweep);
    return new BackwardRule() {
      @Override
      public @Nullable Tensor[] back(Node node, Site at) {
        boolean layer = at.op() instanceof Op.Bilinear && at.needs(0) != at.needs(1);
        if (!layer) {
          return elsewhere.back(node, at);
        }
        Tensor z = layers.outputOf(node, at.y());
        Tensor sent = rule(node, sweep, layers).relevance(new LayerRule.Layer(at, z), stabilizer);
        return at.needs(0)
            ? new @Nullable Tensor[] {sent, null}
            : new @Nullable Tensor[] {null, sent};
      }

      @Override
      public Tensor seed(Tensor output) {
        return output;
      }
    };
  }

  private LayerRule rule(Node node, Surroundings sweep, AffineLayers layers) {
    String label = layers.labelOf(node);
    LayerRule own = label == null ? null : byLabel.get(label);
    if (own != null) {
      return own;
    }
    if (first != null && readsInput(node, sweep)) {
      return first;
    }
    return node.op() instanceof Conv2d ? convolution : any;
  }

  /// Whether nothing but moves lies between a node and the input.
  private static boolean readsInput(Node node, Surroundings sweep) {
    for (int value : node.inputs()) {
      if (sweep.active(value)) {
        Node maker = sweep.maker(value);
        if (maker != null && !(maker.op() instanceof Op.Routing && readsInput(maker, sweep))) {
          return false;
        }
      }
    }
    return true;
  }
}
