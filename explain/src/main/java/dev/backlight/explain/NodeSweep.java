package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
import dev.backlight.explain.NodeContributions.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/// Contributions of all nodes from one backward sweep at x.
final class NodeSweep {
  private NodeSweep() {}

  static NodeContributions of(
      NodeExplainer by,
      Completeness completeness,
      BackwardRule rule,
      BinaryOperator<Tensor> combine,
      Function<Tensor, Tensor> model,
      Tensor x,
      Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Recorded recorded = Recorded.of(model, x, decided).under(rule);
    Layers layers = Layers.of(recorded.tape(), x.size(0));
    Trace<Tensor> trace = recorded.tape().trace(rule, Function.identity(), layers.nodes()).run(x);
    List<Tensor> contributions = new ArrayList<>();
    for (int k = 0; k < layers.nodes().size(); k++) {
      contributions.add(combine.apply(trace.primals().get(k), trace.arrived().get(k)));
    }
    return new NodeContributions(
        by.name(),
        by.parameters(),
        completeness,
        decided,
        trace.output().getFirst(),
        null,
        layers(layers, x, combine.apply(x, trace.inputs()), trace.primals(), contributions),
        1);
  }

  /// The input and every layer, with what they computed and contributed.
  static List<Layer> layers(
      Layers found, Tensor x, Tensor atX, List<Tensor> activations, List<Tensor> contributions) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("x", false, "", x, atX, true));
    for (int k = 0; k < found.nodes().size(); k++) {
      Node node = found.nodes().get(k);
      String label = node.label();
      layers.add(
          new Layer(
              label == null ? node.op().name() : label,
              label != null,
              node.where(),
              activations.get(k),
              contributions.get(k),
              found.cuts()[k]));
    }
    return layers;
  }
}
