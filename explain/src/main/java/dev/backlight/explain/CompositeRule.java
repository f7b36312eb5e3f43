package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Conv2d;
import dev.backlight.core.op.Conv2dInput;
import dev.backlight.core.op.Mul;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A rule for each layer: by its label, by reading the input, by its op, or any. A layer is a
/// product with given weights, or a convolution, and the given biases behind it. What is not such a
/// layer (activations, pooling, sums, moves, norms, attention) crosses by the [EpsilonRule].
///
/// ```java
/// new Lrp(CompositeRule.epsilonPlus().first(new LayerRule.ZBox(0, 1)).folding(true))
/// ```
///
/// | composite | convolutions | other products | what reads the input |
/// |---|---|---|---|
/// | [#epsilonPlus()] | z⁺ | ε | the same |
/// | [#epsilonPlusFlat()] | z⁺ | ε | flat |
/// | [#epsilonAlpha2Beta1()] | α 2, β 1 | ε | the same |
/// | [#epsilonAlpha2Beta1Flat()] | α 2, β 1 | ε | flat |
/// | [#epsilonGammaBox(double, double)] | γ 1/4 | ε | z-box |
/// | [#deepTaylor()], [#deepTaylor(double, double)] | z⁺ | z⁺ | w², or z-box |
/// | [#excitationBackprop()] | z⁺ | z⁺ | the same |
///
/// G. Montavon and others, "Layer-wise relevance propagation: an overview" (2019); "Explaining
/// nonlinear classification decisions with deep Taylor decomposition" (2017); J. Zhang and others,
/// "Top-down neural attention by excitation backprop" (2018). A multiplication of single elements
/// with something given, such as the scale of a normalisation, is a product only if it has a label
/// with a rule.
///
/// @param name by which people ask for it, as in `epsilon-plus`
/// @param any for products that nothing else is said of
/// @param byOp for layers of an op, such as `Conv2d.class`, that nothing else is said of
/// @param first for layers that read the input; `null` for none of its own
/// @param byLabel for the layers of a label, see `Tensor.named`; before all others
/// @param stabilizer what denominators gain in rules without an epsilon of their own, and elsewhere
/// @param attention what a product with a softmax gives to either side
/// @param folds whether given factors behind a layer, such as those of a batch normalisation at
///   inference, count as its weights
public record CompositeRule(
    String name,
    LayerRule any,
    Map<Class<? extends Op>, LayerRule> byOp,
    @Nullable LayerRule first,
    Map<String, LayerRule> byLabel,
    double stabilizer,
    EpsilonRule.Attention attention,
    boolean folds)
    implements BackwardRule {
  private static final double STABILIZER = 1e-6;

  public CompositeRule {
    byLabel = Map.copyOf(byLabel);
    byOp = Map.copyOf(byOp);
  }

  /// One rule for all layers.
  public static CompositeRule of(LayerRule rule) {
    return named("composite", rule);
  }

  private static CompositeRule named(String name, LayerRule rule) {
    return new CompositeRule(
        name, rule, Map.of(), null, Map.of(), STABILIZER, EpsilonRule.Attention.HALVES, false);
  }

  /// z⁺ for convolutions, epsilon 1e-6 for other products.
  public static CompositeRule epsilonPlus() {
    return named("epsilon-plus", new LayerRule.Epsilon(STABILIZER))
        .convolutions(new LayerRule.ZPlus());
  }

  /// [#epsilonPlus()], and equal parts for all inputs of what reads the input.
  public static CompositeRule epsilonPlusFlat() {
    return epsilonPlus().as("epsilon-plus-flat").first(new LayerRule.Flat());
  }

  /// Alpha 2, beta 1 for convolutions, epsilon 1e-6 for other products.
  public static CompositeRule epsilonAlpha2Beta1() {
    return named("epsilon-alpha2-beta1", new LayerRule.Epsilon(STABILIZER))
        .convolutions(new LayerRule.AlphaBeta(2, 1));
  }

  /// [#epsilonAlpha2Beta1()], and equal parts for all inputs of what reads the input.
  public static CompositeRule epsilonAlpha2Beta1Flat() {
    return epsilonAlpha2Beta1().as("epsilon-alpha2-beta1-flat").first(new LayerRule.Flat());
  }

  /// Gamma 1/4 for convolutions, epsilon 1e-6 for other products, and a box for what reads images
  /// whose elements lie between two bounds.
  public static CompositeRule epsilonGammaBox(double low, double high) {
    return named("epsilon-gamma-box", new LayerRule.Epsilon(STABILIZER))
        .convolutions(new LayerRule.Gamma(0.25))
        .first(new LayerRule.ZBox(low, high));
  }

  /// z⁺ for all layers and w² for what reads the input, which may be anything.
  public static CompositeRule deepTaylor() {
    return named("deep-taylor", new LayerRule.ZPlus()).first(new LayerRule.WSquare());
  }

  /// z⁺ for all layers and a box for what reads inputs that lie between two bounds.
  public static CompositeRule deepTaylor(double low, double high) {
    return deepTaylor().first(new LayerRule.ZBox(low, high));
  }

  /// z⁺ for all layers: the probability that a walk back from the answer, which takes only what
  /// excites, arrives at an element.
  public static CompositeRule excitationBackprop() {
    return named("excitation-backprop", new LayerRule.ZPlus());
  }

  /// Under another name.
  public CompositeRule as(String other) {
    return new CompositeRule(other, any, byOp, first, byLabel, stabilizer, attention, folds);
  }

  /// With a rule for convolutions of any number of axes, transposed ones too.
  public CompositeRule convolutions(LayerRule rule) {
    return op(Conv2d.class, rule).op(Conv2dInput.class, rule);
  }

  /// With a rule for the layers of an op.
  public CompositeRule op(Class<? extends Op> op, LayerRule rule) {
    Map<Class<? extends Op>, LayerRule> more = new LinkedHashMap<>(byOp);
    more.put(op, rule);
    return new CompositeRule(name, any, more, first, byLabel, stabilizer, attention, folds);
  }

  /// With a rule for layers that read the input.
  public CompositeRule first(LayerRule rule) {
    return new CompositeRule(name, any, byOp, rule, byLabel, stabilizer, attention, folds);
  }

  /// With a rule for the layers of a label.
  public CompositeRule labelled(String label, LayerRule rule) {
    Map<String, LayerRule> more = new LinkedHashMap<>(byLabel);
    more.put(label, rule);
    return new CompositeRule(name, any, byOp, first, more, stabilizer, attention, folds);
  }

  /// With another stabiliser.
  public CompositeRule stabilizer(double other) {
    return new CompositeRule(name, any, byOp, first, byLabel, other, attention, folds);
  }

  /// With another convention for attention.
  public CompositeRule attention(EpsilonRule.Attention other) {
    return new CompositeRule(name, any, byOp, first, byLabel, stabilizer, other, folds);
  }

  /// With given factors behind a layer folded into its weights, or not.
  public CompositeRule folding(boolean on) {
    return new CompositeRule(name, any, byOp, first, byLabel, stabilizer, attention, on);
  }

  @Override
  public Tensor seed(Tensor output) {
    return output;
  }

  @Override
  public @Nullable Tensor[] back(Node node, Site at) {
    return new EpsilonRule(stabilizer, attention).back(node, at);
  }

  @Override
  public BackwardRule within(Surroundings sweep) {
    AffineLayers layers = new AffineLayers(sweep, folds);
    BackwardRule elsewhere = new EpsilonRule(stabilizer, attention).within(sweep);
    return new BackwardRule() {
      @Override
      public @Nullable Tensor[] back(Node node, Site at) {
        if (folds && layers.isPartOfALayer(node)) {
          return at.needs(0)
              ? new @Nullable Tensor[] {at.g(), null}
              : new @Nullable Tensor[] {null, at.g()};
        }
        LayerRule rule =
            at.op() instanceof Op.Bilinear && at.needs(0) != at.needs(1)
                ? rule(node, sweep, layers)
                : null;
        if (rule == null) {
          return elsewhere.back(node, at);
        }
        Tensor z = layers.outputOf(node, at.y());
        Tensor factor = layers.factorOf(node, at.y());
        Tensor sent = rule.relevance(new LayerRule.Layer(at, z, factor), stabilizer);
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

  private @Nullable LayerRule rule(Node node, Surroundings sweep, AffineLayers layers) {
    String label = layers.labelOf(node);
    LayerRule own = label == null ? null : byLabel.get(label);
    if (own != null || node.op() instanceof Mul) {
      return own;
    }
    if (first != null && readsInput(node, sweep)) {
      return first;
    }
    return byOp.getOrDefault(node.op().getClass(), any);
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
