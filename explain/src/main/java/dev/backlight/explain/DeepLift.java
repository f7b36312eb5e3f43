package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Differences from a baseline handed back node by node: each gets what its own difference brought,
/// `(x − b) · m` with the multipliers m of the chain of all nodes behind it.
///
/// One forward run at the baseline, one forward and backward run at x; scores add up to f(x) − f(b)
/// to rounding, also where layers are used again, activations follow each other or are written as
/// functions, since every op of the tape has its rule, [DeepLiftRule]. A. Shrikumar, P. Greenside,
/// A. Kundaje, "Learning important features through propagating activation differences" (2017).
///
/// @param baseline where differences are taken from
/// @param eps below which a difference counts as none, so that a slope takes its place
/// @param rule how activations hand differences back
public record DeepLift(Baseline baseline, double eps, Rule rule)
    implements TensorExplainer, NodeExplainer {
  /// How activations hand differences back.
  public enum Rule {
    /// In proportion, `Δy / Δx`.
    RESCALE,
    /// What raises and what lowers by itself, so that what cancels is revealed: `max(0, x₀ − x₁) +
    /// x₁` tells of both.
    REVEAL_CANCEL
  }

  /// From a baseline, with an eps of 1e-10, rescaling.
  public static DeepLift from(Baseline baseline) {
    return new DeepLift(baseline, 1e-10, Rule.RESCALE);
  }

  /// With another eps.
  public DeepLift eps(double other) {
    return new DeepLift(baseline, other, rule);
  }

  /// By [Rule#REVEAL_CANCEL].
  public DeepLift revealCancel() {
    return new DeepLift(baseline, eps, Rule.REVEAL_CANCEL);
  }

  public DeepLift {
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("deeplift needs a finite eps of at least 0, got " + eps);
    }
  }

  @Override
  public String name() {
    return rule == Rule.RESCALE ? "deeplift" : "deeplift-reveal-cancel";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("eps", eps);
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.DIFFERENCE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    return against(model, x, target.decided(() -> model.apply(x)), baseline.like(x));
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    return Attribution.of(
            this, x, decided, against(model, x, decided, base), Recorded.scalars(model, x, decided))
        .against(base, Recorded.scalars(model, base, decided))
        .evaluations(2);
  }

  Tensor against(Function<Tensor, Tensor> model, Tensor x, Target decided, Tensor base) {
    return brought(x, base, swept(model, x, decided, base, List.of()).inputs());
  }

  /// The contributions of the nodes of one layer, (n, …), in Tensor language.
  ///
  /// @param layer its label, see `Tensor.named`
  public Tensor layer(Function<Tensor, Tensor> model, Tensor x, Target target, String layer) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Trace<Tensor> trace = swept(model, x, decided, base, List.of(layer));
    Tape<Tensor, Tensor> tape = Recorded.of(model, x, decided).unrolled().tape();
    Tensor there = tape.at(List.of(Layers.labelled(tape, layer))).run(base).getFirst();
    return brought(trace.primals().getFirst(), there, trace.arrived().getFirst());
  }

  /// The contributions from what a sweep gathered: multipliers under one rule, contributions under
  /// the other.
  private Tensor brought(Tensor here, Tensor there, Tensor arrived) {
    return rule == Rule.RESCALE ? here.sub(there).mul(arrived) : arrived;
  }

  /// What each node's difference from the baseline brought; the contributions of every cut add up
  /// to f(x) − f(b).
  @Override
  public NodeContributions contributions(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Tape<Tensor, Tensor> tape = Recorded.of(model, x, decided).unrolled().tape();
    Map<Integer, Tensor> there = there(tape, base);
    Layers layers = Layers.of(tape, x.size(0));
    Trace<Tensor> trace = tape.trace(rule(there), Function.identity(), layers.nodes()).run(x);
    List<Tensor> brought = new ArrayList<>();
    for (int k = 0; k < layers.nodes().size(); k++) {
      Tensor before = there.get(layers.nodes().get(k).output());
      Tensor here = trace.primals().get(k);
      before = before == null ? here : before;
      boolean answer = layers.nodes().get(k).output() == tape.outputValues()[0];
      brought.add(answer ? here.sub(before) : brought(here, before, trace.arrived().get(k)));
    }
    return new NodeContributions(
        name(),
        parameters(),
        Completeness.DIFFERENCE,
        decided,
        trace.output().getFirst(),
        Recorded.scalars(model, base, decided),
        NodeSweep.layers(layers, x, brought(x, base, trace.inputs()), trace.primals(), brought),
        2);
  }

  private Trace<Tensor> swept(
      Function<Tensor, Tensor> model, Tensor x, Target decided, Tensor base, List<String> layers) {
    Tape<Tensor, Tensor> tape = Recorded.of(model, x, decided).unrolled().tape();
    List<Node> at = layers.stream().map(layer -> Layers.labelled(tape, layer)).toList();
    return tape.trace(rule(there(tape, base)), Function.identity(), at).run(x);
  }

  private BackwardRule rule(Map<Integer, Tensor> there) {
    DeepLiftRule rescale = new DeepLiftRule(there, eps);
    return rule == Rule.RESCALE ? rescale : new RevealCancelRule(rescale);
  }

  /// What everything that depends on x is at the baseline.
  private static Map<Integer, Tensor> there(Tape<Tensor, Tensor> tape, Tensor base) {
    List<Node> nodes = Layers.reached(tape);
    List<Tensor> values = tape.at(nodes).run(base);
    Map<Integer, Tensor> there = new HashMap<>();
    there.put(0, base);
    for (int k = 0; k < nodes.size(); k++) {
      there.put(nodes.get(k).output(), values.get(k));
    }
    return there;
  }
}
