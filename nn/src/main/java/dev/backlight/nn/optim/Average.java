package dev.backlight.nn.optim;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A running mean of the parameters: `a ← decay · a + (1 − decay) · p`, where `p` are the
/// parameters after the step. The direction passes unchanged; it must be the last link.
///
/// The mean begins with the first parameters. [#of(Object, OptimizerState)] answers the model of
/// the means, which often judges better than the last one. B. Polyak and A. Juditsky (1992).
public record Average(double decay) implements Transform {
  public Average {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("an average needs a decay in [0, 1), got " + decay);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    // Tensors of their own: the parameters themselves would be tied to the model.
    return parameters.tensors().stream().map(p -> p.mul(1)).toList();
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> means = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor next = parameters.get(i).sub(move.direction().get(i));
      means.add(move.memory().get(i).mul(decay).add(next.mul(1 - decay)));
    }
    return new Move(move.direction(), means);
  }

  /// The averaged model, from the state of an optimiser whose last link is an average.
  public static <M> M of(M model, OptimizerState state) {
    Struct<M> form = Struct.of(model);
    List<Tensor> means = state.memory().isEmpty() ? List.of() : state.memory().getLast();
    if (means.size() != form.size()) {
      throw new IllegalArgumentException(
          "an averaged model needs the state of an optimiser that averages, see"
              + " Optimizer.averaging");
    }
    return form.build(means);
  }
}
