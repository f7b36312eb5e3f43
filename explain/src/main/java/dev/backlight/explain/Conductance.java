package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.autodiff.WithTangent;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    Recorded.requireValues(x);
    Target decided = target.decided(() -> model.apply(x));
    Recorded recorded = Recorded.of(model, x, decided);
    Layers layers = Layers.of(recorded.tape(), x.size(0));
    Path path =
        Path.to(x, baseline.like(x), model, decided, (there, step) -> flow(there, step, layers));
    AdaptiveIntegral.Result result =
        switch (quadrature) {
          case Quadrature.Fixed fixed ->
              new AdaptiveIntegral.Result(
                  path.by(fixed),
                  Recorded.scalars(model, path.base(), decided),
                  recorded.tape().run(x),
                  2L + fixed.size());
          case Quadrature.Adaptive adaptive -> AdaptiveIntegral.of(path, adaptive);
        };
    List<Tensor> integrals = result.integrals();
    List<Tensor> activations = recorded.tape().at(layers.nodes()).run(x);
    return new NodeContributions(
        name(),
        parameters(),
        Completeness.DIFFERENCE,
        decided,
        result.atEnd(),
        result.atBase(),
        NodeSweep.layers(
            layers,
            x,
            path.step().mul(integrals.getFirst()),
            activations,
            integrals.subList(1, integrals.size())),
        result.evaluations());
  }

  /// The gradient at x, then for every layer its adjoint times its speed.
  private static List<Tensor> flow(Recorded there, Tensor step, Layers layers) {
    Tape<Tensor, Tensor> tape = there.tape();
    List<Node> nodes = Layers.of(tape, there.x().size(0)).nodes();
    if (nodes.size() != layers.nodes().size()) {
      throw new IllegalStateException(
          "conductance needs a model that does the same for any number of rows, got "
              + layers.nodes().size()
              + " layers for the examples and "
              + nodes.size()
              + " for "
              + there.x().size(0)
              + " rows");
    }
    Trace<Tensor> back = tape.trace(BackwardRule.CHAIN, Function.identity(), nodes).run(there.x());
    List<Tensor> speed =
        tape.at(nodes).jvp(Function.<Tensor>identity()).run(new WithTangent<>(there.x(), step));
    List<Tensor> all = new ArrayList<>();
    all.add(back.inputs());
    for (int k = 0; k < nodes.size(); k++) {
      all.add(back.arrived().get(k).mul(speed.get(k)));
    }
    return all;
  }
}
