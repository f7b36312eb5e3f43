package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
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
public record DeepLift(Baseline baseline, double eps) implements TensorExplainer {
  /// From a baseline, with an eps of 1e-10.
  public static DeepLift from(Baseline baseline) {
    return new DeepLift(baseline, 1e-10);
  }

  /// With another eps.
  public DeepLift eps(double other) {
    return new DeepLift(baseline, other);
  }

  public DeepLift {
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("deeplift needs a finite eps of at least 0, got " + eps);
    }
  }

  @Override
  public String name() {
    return "deeplift";
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
    return x.sub(base).mul(swept(model, x, decided, base, List.of()).inputs());
  }

  /// The contributions of the nodes of one layer, (n, …), in Tensor language.
  ///
  /// @param layer its label, see `Tensor.named`
  public Tensor layer(Function<Tensor, Tensor> model, Tensor x, Target target, String layer) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Trace<Tensor> trace = swept(model, x, decided, base, List.of(layer));
    Tape<Tensor, Tensor> tape = Recorded.of(model, x, decided).tape();
    Tensor there = tape.at(List.of(Layers.labelled(tape, layer))).run(base).getFirst();
    return trace.primals().getFirst().sub(there).mul(trace.arrived().getFirst());
  }

  private Trace<Tensor> swept(
      Function<Tensor, Tensor> model, Tensor x, Target decided, Tensor base, List<String> layers) {
    Tape<Tensor, Tensor> tape = Recorded.of(model, x, decided).tape();
    List<Node> nodes = tape.dependents(Function.identity());
    List<Tensor> values = tape.at(nodes).run(base);
    Map<Integer, Tensor> there = new HashMap<>();
    there.put(0, base);
    for (int k = 0; k < nodes.size(); k++) {
      there.put(nodes.get(k).output(), values.get(k));
    }
    List<Node> at = layers.stream().map(layer -> Layers.labelled(tape, layer)).toList();
    return tape.trace(new DeepLiftRule(there, eps), Function.identity(), at).run(x);
  }
}
