package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The sign of a mean direction: `sign(β₁ m + (1 − β₁) d)`, and then `m ← β₂ m + (1 − β₂) d`, from
/// 0. X. Chen et al., "Symbolic discovery of optimization algorithms" (2023).
public record LionSign(double beta1, double beta2) implements Transform {
  public LionSign {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new IllegalArgumentException(
          "lion needs betas in [0, 1), got " + beta1 + " and " + beta2);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    return parameters.zeros();
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> means = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor d = move.direction().get(i);
      Tensor m = move.memory().get(i);
      direction.add(m.mul(beta1).add(d.mul(1 - beta1)).sign());
      means.add(m.mul(beta2).add(d.mul(1 - beta2)));
    }
    return new Move(direction, means);
  }
}
