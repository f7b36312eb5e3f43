package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The mean direction of late over the root of its mean square, each corrected for its start from
/// 0: `(m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + epsilon)` with `m ← β₁ m + (1 − β₁) d` and `v ← β₂ v +
/// (1 − β₂) d²`.
///
/// It remembers the number of steps `t`, all `m` and all `v`. D. Kingma and J. Ba, "Adam" (2015).
public record AdamScaling(double beta1, double beta2, double epsilon) implements Transform {
  public AdamScaling {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "adam needs betas in [0, 1) and an epsilon above 0, got "
              + beta1
              + ", "
              + beta2
              + " and "
              + epsilon);
    }
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    List<Tensor> memory = new ArrayList<>();
    memory.add(Leaves.count(0));
    memory.addAll(parameters.zeros());
    memory.addAll(parameters.zeros());
    return memory;
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    int n = parameters.size();
    Tensor step = move.memory().getFirst().add(1);
    Tensor first = grown(beta1, step);
    Tensor second = grown(beta2, step).sqrt();
    // m̂ / (√v̂ + ε) with both corrections taken out of the large tensors: c₂/c₁ · m / (√v + c₂ ε).
    Tensor ratio = second.div(first);
    Tensor floor = second.mul(epsilon);
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> means = new ArrayList<>();
    List<Tensor> squares = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Tensor d = move.direction().get(i);
      Tensor m = move.memory().get(1 + i).mul(beta1).add(d.mul(1 - beta1));
      Tensor v = move.memory().get(1 + n + i).mul(beta2).add(d.square().mul(1 - beta2));
      means.add(m);
      squares.add(v);
      direction.add(m.mul(ratio.to(d.dtype())).div(v.sqrt().add(floor.to(d.dtype()))));
    }
    List<Tensor> memory = new ArrayList<>();
    memory.add(step);
    memory.addAll(means);
    memory.addAll(squares);
    return new Move(direction, memory);
  }

  /// `1 − βᵗ`.
  private static Tensor grown(double beta, Tensor step) {
    return step.mul(Math.log(beta)).expm1().neg();
  }
}
