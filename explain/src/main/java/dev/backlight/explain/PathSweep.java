package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.autodiff.WithTangent;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What arrives at all nodes on the way from a baseline to x, integrated.
final class PathSweep {
  private PathSweep() {}

  /// @param moving whether adjoints are multiplied by how fast the activations move
  static NodeContributions of(
      NodeExplainer by,
      Completeness completeness,
      Baseline baseline,
      Quadrature quadrature,
      boolean moving,
      Function<Tensor, Tensor> model,
      Tensor x,
      Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Recorded recorded = Recorded.of(model, x, decided);
    Layers layers = Layers.of(recorded.tape(), x.size(0));
    Path path =
        Path.to(
            x,
            baseline.like(x),
            model,
            decided,
            (there, step) -> flow(by, there, moving ? step : null, layers));
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
        by.name(),
        by.parameters(),
        completeness,
        decided,
        result.atEnd(),
        result.atBase(),
        NodeSweep.layers(
            layers,
            x,
            moving ? path.step().mul(integrals.getFirst()) : integrals.getFirst(),
            activations,
            integrals.subList(1, integrals.size())),
        result.evaluations());
  }

  /// The gradient at x, then for every layer its adjoint, times its speed if a step is given.
  private static List<Tensor> flow(
      NodeExplainer by, Recorded there, @Nullable Tensor step, Layers layers) {
    Tape<Tensor, Tensor> tape = there.tape();
    List<Node> nodes = Layers.of(tape, there.x().size(0)).nodes();
    if (nodes.size() != layers.nodes().size()) {
      throw new IllegalStateException(
          by.name()
              + " needs a model that does the same for any number of rows, got "
              + layers.nodes().size()
              + " layers for the examples and "
              + nodes.size()
              + " for "
              + there.x().size(0)
              + " rows");
    }
    Trace<Tensor> back = tape.trace(BackwardRule.CHAIN, Function.identity(), nodes).run(there.x());
    List<Tensor> all = new ArrayList<>();
    all.add(back.inputs());
    if (step == null) {
      all.addAll(back.arrived());
      return all;
    }
    List<Tensor> speed =
        tape.at(nodes).jvp(Function.<Tensor>identity()).run(new WithTangent<>(there.x(), step));
    for (int k = 0; k < nodes.size(); k++) {
      all.add(back.arrived().get(k).mul(speed.get(k)));
    }
    return all;
  }
}
