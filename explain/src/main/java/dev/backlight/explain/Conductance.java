package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// What flowed through each node on the way from a baseline to x: `∫₀¹ ∂f/∂a · da/dα dα`, the
/// integrated gradients of every layer at once.
///
/// The contributions of every cut add up to f(x) − f(baseline), biases or not, so layer after layer
/// accounts for the whole answer. At the input they are integrated gradients. Adjoints of all nodes
/// come from one backward sweep, and how fast each activation moves along the path comes from the
/// jvp of the tape. K. Dhamdhere, M. Sundararajan, Q. Yan, "How important is a neuron?" (2019).
///
/// @param baseline where paths begin
/// @param quadrature how they are integrated
public record Conductance(Baseline baseline, Quadrature quadrature) implements NodeExplainer {
  /// From a baseline, adaptively.
  public static Conductance from(Baseline baseline) {
    return new Conductance(baseline, Quadrature.adaptive());
  }

  /// With another quadrature.
  public Conductance with(Quadrature other) {
    return new Conductance(baseline, other);
  }

  @Override
  public String name() {
    return "conductance";
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
    return PathSweep.of(
        this, Completeness.DIFFERENCE, baseline, quadrature, true, model, x, target);
  }
}
