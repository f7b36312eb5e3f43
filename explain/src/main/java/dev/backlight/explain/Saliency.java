package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.core.Tensor;
import java.util.Map;

/// The gradient of the answer: `∂f/∂x`, by how much it would move per unit of each input.
///
/// K. Simonyan, A. Vedaldi, A. Zisserman, "Deep inside convolutional networks" (2014). The original
/// takes absolute values; here signs stay unless [#absolute()] asks otherwise, because a sign is an
/// answer too.
///
/// @param magnitude whether signs are dropped
public record Saliency(boolean magnitude) implements SweepExplainer {
  /// With signs.
  public Saliency() {
    this(false);
  }

  /// Without signs, `|∂f/∂x|`.
  public static Saliency absolute() {
    return new Saliency(true);
  }

  @Override
  public String name() {
    return "saliency";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("absolute", magnitude);
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
    return magnitude ? arrived.abs() : arrived;
  }
}
