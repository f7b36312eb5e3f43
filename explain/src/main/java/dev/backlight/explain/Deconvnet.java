package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Relu;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The gradient in which a ReLU passes on what is positive, whatever its input was: `max(0, ȳ)`.
///
/// M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks" (2014). See
/// [GuidedBackprop] for what such pictures are worth.
public record Deconvnet() implements SweepExplainer {
  private static final BackwardRule RULE =
      (node, at) ->
          node.op() instanceof Relu ? new @Nullable Tensor[] {at.g().relu()} : at.op().vjps(at);

  @Override
  public String name() {
    return "deconvnet";
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
    return RULE;
  }
}
