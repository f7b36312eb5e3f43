package dev.backlight.nn.optim;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;

/// The direction times the learning rate, which may change from step to step.
///
/// It remembers how many steps there were, unless the rate is constant.
public record LearningRate(Schedule schedule) implements Transform {
  @Override
  public List<Tensor> start(Leaves parameters) {
    return schedule instanceof Schedule.Constant
        ? List.of()
        : List.of(Tensor.zeros(Shape.SCALAR, DType.F64));
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    if (schedule instanceof Schedule.Constant(double rate)) {
      return new Move(move.direction().stream().map(d -> d.mul(rate)).toList(), move.memory());
    }
    Tensor step = move.memory().getFirst();
    Tensor rate = schedule.at(step);
    return new Move(
        move.direction().stream().map(d -> d.mul(rate.to(d.dtype()))).toList(),
        List.of(step.add(1)));
  }
}
