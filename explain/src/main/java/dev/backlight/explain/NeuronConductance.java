package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.autodiff.WithCotangent;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What each input contributed to the answer by way of one neuron: `(x − b) ∫₀¹ ∂f/∂z ∂z/∂x dα` on
/// the way from a baseline, where z is the neuron.
///
/// Summed over the neurons of a cut it is integrated gradients; summed over the inputs it is the
/// neuron's [Conductance]. K. Dhamdhere, M. Sundararajan, Q. Yan (2019).
///
/// @param baseline where paths begin
/// @param quadrature how they are integrated
/// @param layer the label of the layer, see `Tensor.named`
/// @param neuron its place in the layer's output, without the batch axis
public record NeuronConductance(
    Baseline baseline, Quadrature.Fixed quadrature, String layer, List<Integer> neuron)
    implements TensorExplainer {
  public NeuronConductance {
    neuron = List.copyOf(neuron);
  }

  @Override
  public String name() {
    return "neuron-conductance";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("quadrature", quadrature.toString());
    all.put("layer", layer);
    all.put("neuron", neuron.toString());
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Path path = Path.to(x, baseline.like(x), model, decided, (there, _) -> List.of(through(there)));
    return path.step().mul(path.by(quadrature).getFirst());
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    return Attribution.of(
            this, x, decided, scores(model, x, decided), Recorded.scalars(model, x, decided))
        .evaluations(1L + quadrature.size());
  }

  /// What arrives at the neuron, and it alone, sent on to the inputs.
  private Tensor through(Recorded there) {
    Tape<Tensor, Tensor> tape = there.tape();
    Node node = Layers.labelled(tape, layer);
    Trace<Tensor> trace =
        tape.trace(BackwardRule.CHAIN, Function.identity(), List.of(node)).run(there.x());
    Tensor arrived = trace.arrived().getFirst();
    Tensor alone = arrived.mul(mask(arrived.shape(), arrived.dtype()));
    return tape.at(List.of(node))
        .vjp(Function.<Tensor>identity())
        .run(new WithCotangent<>(there.x(), List.of(alone)));
  }

  private Tensor mask(Shape shape, DType dtype) {
    int[] where = neuron.stream().mapToInt(Integer::intValue).toArray();
    Block mask = Block.allocate(Spec.of(shape.with(0, 1), dtype));
    mask.set(Inside.place(shape, layer, where), 1);
    return Tensor.over(mask).expand(shape);
  }
}
