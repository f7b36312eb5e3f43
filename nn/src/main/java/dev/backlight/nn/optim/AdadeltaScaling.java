package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The direction times the root mean square of the moves of late over that of the directions of
/// late: `u = d · √(a + epsilon) / √(v + epsilon)` with `v ← decay · v + (1 − decay) d²` before and
/// `a ← decay · a + (1 − decay) u²` after, both from 0. M. Zeiler, "Adadelta" (2012).
public record AdadeltaScaling(double decay, double epsilon) implements Transform {
  public AdadeltaScaling {
    if (!(decay >= 0 && decay < 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "adadelta needs a decay in [0, 1) and an epsilon above 0, got "
              + decay
              + " and "
              + epsilon);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    List<Tensor> memory = new ArrayList<>(parameters.zeros());
    memory.addAll(parameters.zeros());
    return memory;
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    int n = parameters.size();
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> squares = new ArrayList<>();
    List<Tensor> moves = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Tensor d = move.direction().get(i);
      Tensor v = late(move.memory().get(i), d);
      Tensor a = move.memory().get(n + i);
      Tensor u = d.mul(a.add(epsilon).sqrt()).div(v.add(epsilon).sqrt());
      squares.add(v);
      moves.add(late(a, u));
      direction.add(u);
    }
    squares.addAll(moves);
    return new Move(direction, squares);
  }

  private Tensor late(Tensor mean, Tensor x) {
    return mean.mul(decay).add(x.square().mul(1 - decay));
  }
}
