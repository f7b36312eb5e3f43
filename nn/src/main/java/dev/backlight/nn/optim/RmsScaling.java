package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The direction over the root of its mean square of late: `d / (√v + epsilon)` with `v ← decay · v
/// + (1 − decay) d²`, from 0. T. Tieleman and G. Hinton, "RMSProp" (2012).
public record RmsScaling(double decay, double epsilon) implements Transform {
  public RmsScaling {
    if (!(decay >= 0 && decay < 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "rmsprop needs a decay in [0, 1) and an epsilon above 0, got "
              + decay
              + " and "
              + epsilon);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    return parameters.zeros();
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> squares = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor d = move.direction().get(i);
      Tensor v = move.memory().get(i).mul(decay).add(d.square().mul(1 - decay));
      squares.add(v);
      direction.add(d.div(v.sqrt().add(epsilon)));
    }
    return new Move(direction, squares);
  }
}
