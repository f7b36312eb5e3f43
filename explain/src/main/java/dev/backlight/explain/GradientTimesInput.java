package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// The gradient times the input: `x · ∂f/∂x`, the share of each input in the tangent at x.
///
/// For a linear model without bias it is exact. A. Shrikumar and others, "Not just a black box"
/// (2016). Without biases and with ReLU it equals epsilon-LRP; what it leaves unexplained elsewhere
/// is the curvature.
public record GradientTimesInput() implements TensorExplainer {
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
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return Gradients.scores(model, x, target, Tensor::mul);
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return Gradients.explain(this, model, x, target, Tensor::mul);
  }
}
