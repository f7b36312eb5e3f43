package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// Layer-wise relevance propagation: the answer's own value is handed back, layer by layer, in
/// proportion to what each input of a layer contributed.
///
/// S. Bach and others, "On pixel-wise explanations for non-linear classifier decisions by
/// layer-wise relevance propagation" (2015). Which proportion, is the rule's matter; any
/// [BackwardRule] can be given. Without biases the epsilon rule conserves: scores add up to f(x).
/// With them, the biases' share stays unexplained.
///
/// @param rule what every node hands back
public record Lrp(BackwardRule rule) implements SweepExplainer, NodeExplainer {
  /// The epsilon rule with an epsilon that only keeps divisions defined.
  public static Lrp epsilon() {
    return new Lrp(new EpsilonRule());
  }

  /// The epsilon rule; a larger epsilon absorbs weak and contradictory relevance.
  public static Lrp epsilon(double epsilon) {
    return new Lrp(new EpsilonRule(epsilon));
  }

  /// The epsilon rule with attention weights as if they were given: A. Ali and others, "XAI for
  /// transformers: better explanations through conservative propagation" (2022).
  public static Lrp conservative() {
    return new Lrp(new EpsilonRule(EpsilonRule.DEFAULT, EpsilonRule.Attention.VALUES));
  }

  @Override
  public String name() {
    return switch (rule) {
      case EpsilonRule(_, EpsilonRule.Attention attention)
          when attention == EpsilonRule.Attention.VALUES ->
          "lrp-conservative";
      case EpsilonRule _ -> "lrp-epsilon";
      case CompositeRule composite -> "lrp-" + composite.name();
      default -> "lrp";
    };
  }

  @Override
  public Map<String, Object> parameters() {
    return switch (rule) {
      case EpsilonRule(double epsilon, _) -> Map.of("epsilon", epsilon);
      default -> Map.of("rule", rule.toString());
    };
  }

  @Override
  public boolean isApart(Target target, Tensor output) {
    return !(rule instanceof CompositeRule composite && composite.countsLayers())
        && SweepExplainer.super.isApart(target, output);
  }

  @Override
  public Completeness completeness() {
    return Completeness.OUTPUT;
  }

  /// The relevance of every node, from one sweep.
  @Override
  public NodeContributions contributions(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return NodeSweep.of(
        this, Completeness.OUTPUT, rule, (_, relevance) -> relevance, model, x, target);
  }
}
