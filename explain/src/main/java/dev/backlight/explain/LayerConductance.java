package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;

/// The conductance of one layer in steps: `Σₖ (a(p(αₖ₊₁)) − a(p(αₖ))) ∂f/∂a (p(αₖ))` over the
/// points of a rule.
///
/// A one-sided sum, as other tools have it, whose error falls like 1/n: [Conductance] integrates
/// the same exactly, for all layers at once. This one is in Tensor language.
///
/// @param baseline where paths begin
/// @param points where the sum goes along
/// @param layer the label of the layer, see `Tensor.named`
public record LayerConductance(Baseline baseline, Quadrature.Fixed points, String layer) {
  /// The contributions of the nodes of the layer, (n, …).
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Tensor step = x.sub(base);
    double[] places = points.nodes();
    Tensor sum = null;
    Tensor before = null;
    Tensor adjoint = null;
    for (double alpha : places) {
      Recorded there = Recorded.of(model, base.add(step.mul(alpha)), decided);
      Node node = Layers.labelled(there.tape(), layer);
      Trace<Tensor> trace =
          there.tape().trace(BackwardRule.CHAIN, Function.identity(), List.of(node)).run(there.x());
      Tensor here = trace.primals().getFirst();
      if (before != null && adjoint != null) {
        Tensor part = here.sub(before).mul(adjoint);
        sum = sum == null ? part : sum.add(part);
      }
      before = here;
      adjoint = trace.arrived().getFirst();
    }
    if (sum == null) {
      throw new IllegalArgumentException(
          "layer-conductance needs two points or more, got " + places.length);
    }
    return sum;
  }
}
