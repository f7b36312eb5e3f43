package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Replaced;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;

/// Integrated gradients of one layer: along the straight line between what the layer answers at the
/// baseline and at x, while everything beside the layer sees x: `(a(x) − a(b)) ∫₀¹ ∂f/∂a dα`.
///
/// Behind a layer that is a cut the scores add up to f(x) − f(b). For an embedding it is how words
/// are explained. M. Sundararajan, A. Taly, Q. Yan (2017).
///
/// @param baseline where paths begin
/// @param quadrature how they are integrated
/// @param layer the label of the layer, see `Tensor.named`
public record LayerIntegratedGradients(Baseline baseline, Quadrature quadrature, String layer) {
  /// The contributions of the nodes of the layer, (n, …), in Tensor language if the quadrature is a
  /// fixed one.
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Tensor from = activation(model, base, decided);
    Tensor to = activation(model, x, decided);
    return switch (quadrature) {
      case Quadrature.Fixed fixed -> along(fixed, model, x, decided, from, to);
      case Quadrature.Adaptive adaptive -> until(adaptive, model, x, decided, from, to);
    };
  }

  /// As integrated gradients of what follows the layer, on the join of x, which stays, and the
  /// layer.
  private Tensor until(
      Quadrature.Adaptive adaptive,
      Function<Tensor, Tensor> model,
      Tensor x,
      Target decided,
      Tensor from,
      Tensor to) {
    Inputs inputs = Inputs.like(x, to);
    Function<Tensor, Tensor> behind =
        inputs.model(in -> {
          Tape<Tensor, Tensor> tape = Tape.record(model, in.getFirst());
          return tape.replacing(List.of(Layers.labelled(tape, layer)))
              .run(new Replaced<>(in.getFirst(), List.of(in.getLast())));
        });
    Attribution a =
        IntegratedGradients.from(Baseline.of(inputs.join(x, from)))
            .with(adaptive)
            .explain(behind, inputs.join(x, to), decided);
    return inputs.split(a.scores()).getLast();
  }

  private Tensor along(
      Quadrature.Fixed fixed,
      Function<Tensor, Tensor> model,
      Tensor x,
      Target decided,
      Tensor from,
      Tensor to) {
    Tensor step = to.sub(from);
    Path path = Path.to(to, from, model, decided, (there, _) -> List.of());
    int m = Batches.even(x.size(0), x.elements() / x.size(0), fixed.size());
    Tensor many = Batches.repeated(x, m);
    Recorded recorded = Recorded.of(model, many, decided.repeated(m));
    Node node = Layers.labelled(recorded.tape(), layer);
    Tape<Replaced<Tensor>, Trace<List<Tensor>>> rest =
        recorded
            .tape()
            .replacing(List.of(node))
            .trace(BackwardRule.CHAIN, Replaced::values, List.of());
    List<Tensor> sums =
        path.over(
            fixed,
            m,
            (alpha, weight) -> {
              Tensor direction = Batches.repeated(step, m);
              Tensor there =
                  Batches.repeated(from, m)
                      .add(direction.mul(Path.column(alpha, direction.rank())));
              return Path.weighted(rest.run(new Replaced<>(many, List.of(there))).inputs(), weight);
            });
    return step.mul(sums.getFirst());
  }

  private Tensor activation(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded there = Recorded.of(model, x, target);
    return there.tape().at(List.of(Layers.labelled(there.tape(), layer))).run(x).getFirst();
  }
}
