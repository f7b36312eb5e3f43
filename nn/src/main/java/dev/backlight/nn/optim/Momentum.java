package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The direction with momentum: `v ← decay · v + d`, and on goes `v`, or `d + decay · v` if
/// `nesterov`.
///
/// It remembers `v`, from 0. I. Sutskever et al., "On the importance of initialization and momentum
/// in deep learning" (2013).
public record Momentum(double decay, boolean nesterov) implements Transform {
  public Momentum {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("a momentum needs to be in [0, 1), got " + decay);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    return parameters.zeros();
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> velocity = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor d = move.direction().get(i);
      Tensor v = move.memory().get(i).mul(decay).add(d);
      velocity.add(v);
      direction.add(nesterov ? d.add(v.mul(decay)) : v);
    }
    return new Move(direction, velocity);
  }
}
