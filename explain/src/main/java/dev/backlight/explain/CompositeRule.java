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
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A rule for each layer: by its label, by its position, by its op, or any. A layer is a product
/// with given weights, or a convolution, and the given biases behind it. What is not such a layer
/// (activations, pooling, sums, moves, norms, attention) crosses by the [EpsilonRule].
///
/// ```java
/// new Lrp(CompositeRule.epsilonPlus().first(new LayerRule.ZBox(0, 1)).folding(true))
/// new Lrp(
///     CompositeRule.of(new LayerRule.Gamma(0.25))
///         .at(Position.last(), new LayerRule.Epsilon(0))
///         .labelled("stem", new LayerRule.Flat()))
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
/// @param byPosition for layers at a position; of several that hold, the one given last; before
///   those by op
/// @param byLabel for the layers of a label, see `Tensor.named`; before all others
/// @param stabilizer what denominators gain in rules without an epsilon of their own, and elsewhere
/// @param attention what a product with a softmax gives to either side
/// @param folds whether given factors behind a layer, such as those of a batch normalisation at
///   inference, count as its weights
public record CompositeRule(
    String name,
    LayerRule any,
    Map<Class<? extends Op>, LayerRule> byOp,
    Map<Position, LayerRule> byPosition,
    Map<String, LayerRule> byLabel,
    double stabilizer,
    EpsilonRule.Attention attention,
    boolean folds)
    implements BackwardRule {
  private static final double STABILIZER = 1e-6;

  public CompositeRule {
    // In their order, which is that of precedence and of the text.
    byOp = Collections.unmodifiableMap(new LinkedHashMap<>(byOp));
    byPosition = Collections.unmodifiableMap(new LinkedHashMap<>(byPosition));
    byLabel = Collections.unmodifiableMap(new LinkedHashMap<>(byLabel));
  }

  /// One rule for all layers.
  public static CompositeRule of(LayerRule rule) {
    return named("composite", rule);
  }

  private static CompositeRule named(String name, LayerRule rule) {
    return new CompositeRule(
        name, rule, Map.of(), Map.of(), Map.of(), STABILIZER, EpsilonRule.Attention.HALVES, false);
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
    return new CompositeRule(other, any, byOp, byPosition, byLabel, stabilizer, attention, folds);
  }

  /// With a rule for convolutions of any number of axes, transposed ones too.
  public CompositeRule convolutions(LayerRule rule) {
    return op(Conv2d.class, rule).op(Conv2dInput.class, rule);
  }

  /// With a rule for the layers of an op.
  public CompositeRule op(Class<? extends Op> op, LayerRule rule) {
    Map<Class<? extends Op>, LayerRule> more = new LinkedHashMap<>(byOp);
    more.put(op, rule);
    return new CompositeRule(name, any, more, byPosition, byLabel, stabilizer, attention, folds);
  }

  /// With a rule for layers that read the input.
  public CompositeRule first(LayerRule rule) {
    return at(Position.first(), rule);
  }

  /// With a rule for layers at a position; where others hold too, this one counts. That a network
  /// has no such layer is an error when it is explained.
  public CompositeRule at(Position position, LayerRule rule) {
    Map<Position, LayerRule> more = new LinkedHashMap<>(byPosition);
    more.remove(position);
    more.put(position, rule);
    return new CompositeRule(name, any, byOp, more, byLabel, stabilizer, attention, folds);
  }

  /// With a rule for the layers of a label. That no layer has it is an error when a network is
  /// explained.
  public CompositeRule labelled(String label, LayerRule rule) {
    Map<String, LayerRule> more = new LinkedHashMap<>(byLabel);
    more.put(label, rule);
    return new CompositeRule(name, any, byOp, byPosition, more, stabilizer, attention, folds);
  }

  /// With another stabiliser.
  public CompositeRule stabilizer(double other) {
    return new CompositeRule(name, any, byOp, byPosition, byLabel, other, attention, folds);
  }

  /// With another convention for attention.
  public CompositeRule attention(EpsilonRule.Attention other) {
    return new CompositeRule(name, any, byOp, byPosition, byLabel, stabilizer, other, folds);
  }

  /// With given factors behind a layer folded into its weights, or not.
  public CompositeRule folding(boolean on) {
    return new CompositeRule(name, any, byOp, byPosition, byLabel, stabilizer, attention, on);
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
    Map<Node, LayerRule> placed = placed(sweep);
    requireLabels(sweep, layers);
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
                ? rule(node, placed, layers)
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

  /// The rules of the layers whose position has one.
  private Map<Node, LayerRule> placed(Surroundings sweep) {
    Map<Node, LayerRule> placed = new HashMap<>();
    if (!byPosition.isEmpty()) {
      PlacedLayers all = new PlacedLayers(sweep);
      byPosition.forEach(
          (position, rule) -> all.at(position).forEach(node -> placed.put(node, rule)));
    }
    return placed;
  }

  /// That every label is that of a layer: a rule that nothing follows is a mistake.
  private void requireLabels(Surroundings sweep, AffineLayers layers) {
    Set<String> known = new LinkedHashSet<>();
    if (!byLabel.isEmpty()) {
      for (Node node : sweep.nodes()) {
        String label = isShared(node, sweep) ? layers.labelOf(node) : null;
        if (label != null) {
          known.add(label);
        }
      }
    }
    for (String label : byLabel.keySet()) {
      if (!known.contains(label)) {
        throw new IllegalArgumentException(
            "a composite has a rule for the layer "
                + label
                + ", but "
                + (known.isEmpty()
                    ? "no layer has a label"
                    : "there are " + String.join(", ", known)));
      }
    }
  }

  /// Whether a node is a product with something given, of which a label makes a layer.
  static boolean isShared(Node node, Surroundings sweep) {
    int[] inputs = node.inputs();
    return node.op() instanceof Op.Bilinear && sweep.active(inputs[0]) != sweep.active(inputs[1]);
  }

  /// Whether it must see the whole network to know its layers.
  boolean countsLayers() {
    return !byLabel.isEmpty()
        || byPosition.keySet().stream().anyMatch(position -> !(position instanceof Position.First));
  }

  private @Nullable LayerRule rule(Node node, Map<Node, LayerRule> placed, AffineLayers layers) {
    String label = layers.labelOf(node);
    LayerRule own = label == null ? null : byLabel.get(label);
    if (own != null || node.op() instanceof Mul) {
      return own;
    }
    LayerRule here = placed.get(node);
    return here != null ? here : byOp.getOrDefault(node.op().getClass(), any);
  }
}
