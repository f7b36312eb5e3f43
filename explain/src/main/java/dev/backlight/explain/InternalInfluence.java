package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// By how much the answer moves per unit of each node, on average on the way from a baseline to x:
/// `∫₀¹ ∂f/∂a (p(α)) dα`, for every layer at once.
///
/// K. Leino et al., "Influence-directed explanations for deep convolutional networks" (2018).
///
/// @param baseline where paths begin
/// @param quadrature how they are integrated
public record InternalInfluence(Baseline baseline, Quadrature quadrature) implements NodeExplainer {
  /// From a baseline, with 32 nodes along the path.
  public static InternalInfluence from(Baseline baseline) {
    return new InternalInfluence(baseline, Quadrature.gaussLegendre(32));
  }

  /// With another quadrature.
  public InternalInfluence with(Quadrature other) {
    return new InternalInfluence(baseline, other);
  }

  @Override
  public String name() {
    return "internal-influence";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("quadrature", quadrature.toString());
    return all;
  }

  @Override
  public NodeContributions contributions(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return PathSweep.of(this, Completeness.NONE, baseline, quadrature, false, model, x, target);
  }
}
