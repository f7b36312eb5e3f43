package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// For every node, its activation times the gradient of the answer there: `a · ∂f/∂a`, the share of
/// each node in the tangent at x. [GradientTimesInput] for all layers at once.
public record GradientTimesActivation() implements NodeExplainer {
  @Override
  public String name() {
    return "gradient-x-activation";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of();
  }

  @Override
  public NodeContributions contributions(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return NodeSweep.of(this, Completeness.NONE, BackwardRule.CHAIN, Tensor::mul, model, x, target);
  }
}
