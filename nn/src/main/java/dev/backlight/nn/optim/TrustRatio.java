package dev.backlight.nn.optim;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The direction of every parameter, scaled to the norm of the parameter: `d · |p| / |d|`, or `d`
/// where either is 0. Y. You et al., "Large batch optimization" (2020).
public record TrustRatio() implements Transform {
  @Override
  public Move apply(Move move, Leaves parameters) {
    List<Tensor> direction = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Tensor d = move.direction().get(i);
      Tensor size = parameters.get(i).norm();
      Tensor length = d.norm();
      Tensor one = Tensor.ones(size.shape(), size.dtype());
      Tensor both = size.gt(0).and(length.gt(0));
      direction.add(d.mul(both.where(size.div(both.where(length, one)), one)));
    }
    return new Move(direction, move.memory());
  }
}
