package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Adam's scaling with a momentum that looks ahead: with `μₜ = β₁ (1 − 0.96^(0.004 t) / 2)` and `Mₜ
/// = μ₁ ⋯ μₜ`, the direction is `(μₜ₊₁ m / (1 − Mₜ₊₁) + (1 − μₜ) d / (1 − Mₜ)) / (√(v / (1 − β₂ᵗ))
/// + epsilon)`, where `m` and `v` are those of [AdamScaling].
///
/// It remembers the number of steps, the product of all `μ`, all `m` and all `v`. T. Dozat,
/// "Incorporating Nesterov momentum into Adam" (2016).
public record NadamScaling(double beta1, double beta2, double epsilon) implements Transform {
  private static final double PACE = 0.004 * Math.log(0.96);

  public NadamScaling {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "nadam needs betas in [0, 1) and an epsilon above 0, got "
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
    memory.add(Leaves.count(1));
    memory.addAll(parameters.zeros());
    memory.addAll(parameters.zeros());
    return memory;
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    int n = parameters.size();
    Tensor step = move.memory().getFirst().add(1);
    Tensor now = momentum(step);
    Tensor next = momentum(step.add(1));
    Tensor product = move.memory().get(1).mul(now);
    Tensor ahead = next.div(product.mul(next).oneMinus());
    Tensor here = now.oneMinus().div(product.oneMinus());
    Tensor second = step.mul(Math.log(beta2)).expm1().neg();
    List<Tensor> direction = new ArrayList<>();
    List<Tensor> means = new ArrayList<>();
    List<Tensor> squares = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Tensor d = move.direction().get(i);
      Tensor m = move.memory().get(2 + i).mul(beta1).add(d.mul(1 - beta1));
      Tensor v = move.memory().get(2 + n + i).mul(beta2).add(d.square().mul(1 - beta2));
      means.add(m);
      squares.add(v);
      Tensor root = v.div(second.to(d.dtype())).sqrt().add(epsilon);
      direction.add(m.mul(ahead.to(d.dtype())).add(d.mul(here.to(d.dtype()))).div(root));
    }
    List<Tensor> memory = new ArrayList<>(List.of(step, product));
    memory.addAll(means);
    memory.addAll(squares);
    return new Move(direction, memory);
  }

  private Tensor momentum(Tensor step) {
    return step.mul(PACE).exp().mul(-.5).add(1).mul(beta1);
  }
}
