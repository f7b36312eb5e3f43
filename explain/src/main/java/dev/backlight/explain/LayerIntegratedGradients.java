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
public record LayerIntegratedGradients(
    Baseline baseline, Quadrature.Fixed quadrature, String layer) {
  /// The contributions of the nodes of the layer, (n, …), in Tensor language.
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    Tensor from = activation(model, base, decided);
    Tensor to = activation(model, x, decided);
    Tensor step = to.sub(from);
    Path path = Path.to(to, from, model, decided, (there, _) -> List.of());
    int m = Batches.copies(x, quadrature.size());
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
            quadrature,
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
