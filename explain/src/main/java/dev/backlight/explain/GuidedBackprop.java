package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Relu;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The gradient in which a ReLU passes on only what is positive, where its input was: `max(0, ȳ ·
/// [x > 0])`.
///
/// Sharp pictures of what excites the network; they show the input's edges more than the class, as
/// J. Adebayo et al., "Sanity checks for saliency maps" (2018) found. J. Springenberg et al.,
/// "Striving for simplicity: the all convolutional net" (2015).
public record GuidedBackprop() implements SweepExplainer {
  private static final BackwardRule RULE =
      (node, at) ->
          node.op() instanceof Relu
              ? new @Nullable Tensor[] {at.x().gt(0).where(at.g().relu(), 0)}
              : at.op().vjps(at);

  @Override
  public String name() {
    return "guided-backprop";
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
