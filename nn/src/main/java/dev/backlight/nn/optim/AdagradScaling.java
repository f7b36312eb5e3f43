package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The direction over the root of the sum of all its squares so far: `d / (√s + epsilon)` with `s ←
/// s
/// + d²`, from `start`. J. Duchi, E. Hazan and Y. Singer, "Adaptive subgradient methods" (2011).
public record AdagradScaling(double start, double epsilon) implements Transform {
  public AdagradScaling {
    if (!(start >= 0 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "adagrad needs a start of at least 0 and an epsilon above 0, got "
              + start
              + " and "
              + epsilon);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    return parameters.full(start);
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> sums = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor d = move.direction().get(i);
      Tensor s = move.memory().get(i).add(d.square());
      sums.add(s);
      direction.add(d.div(s.sqrt().add(epsilon)));
    }
    return new Move(direction, sums);
  }
}
