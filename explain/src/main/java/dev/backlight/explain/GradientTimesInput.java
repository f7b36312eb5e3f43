package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.core.Tensor;
import java.util.Map;

/// The gradient times the input: `x · ∂f/∂x`, the share of each input in the tangent at x.
///
/// For a linear model without bias it is exact. A. Shrikumar and others, "Not just a black box"
/// (2016). Without biases and with ReLU it equals epsilon-LRP; what it leaves unexplained elsewhere
/// is the curvature.
public record GradientTimesInput() implements SweepExplainer {
  @Override
  public String name() {
    return "gradient-x-input";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of();
  }

  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  @Override
  public BackwardRule rule() {
    return BackwardRule.CHAIN;
  }

  @Override
  public Tensor combined(Tensor x, Tensor arrived) {
    return x.mul(arrived);
  }
}
