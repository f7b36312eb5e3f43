package dev.backlight.nn.optim;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// The learning rate as a function of the step, in Tensor language so that it is part of the
/// recorded step.
@FunctionalInterface
public interface Schedule {
  /// The rate at a step, which is a scalar of `F64` and counts from 0; the rate is such a scalar
  /// too.
  Tensor at(Tensor step);

  /// The same rate at every step.
  static Schedule constant(double rate) {
    return new Constant(rate);
  }

  /// From `peak` down to 0 along half a cosine, over so many steps; 0 from then on. I. Loshchilov
  /// and F. Hutter, "SGDR" (2017).
  static Schedule cosine(double peak, int steps) {
    requireSteps(steps);
    return step -> step.clamp(0, steps).mul(Math.PI / steps).cos().add(1).mul(peak / 2);
  }

  /// `start · factor^(step / steps)`: multiplied by the factor once in so many steps, smoothly.
  static Schedule exponential(double start, double factor, int steps) {
    requireSteps(steps);
    return step -> step.mul(Math.log(factor) / steps).exp().mul(start);
  }

  /// This schedule, with its first steps scaled up from 0 in a straight line: step i of n has (i +
  /// 1) / n of it.
  default Schedule warmup(int steps) {
    requireSteps(steps);
    return step -> at(step).mul(step.add(1).div(steps).clamp(0, 1));
  }

  private static void requireSteps(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a schedule needs at least 1 step, got " + steps);
    }
  }

  /// The same rate at every step.
  record Constant(double rate) implements Schedule {
    public Constant {
      if (!(rate > 0) || Double.isInfinite(rate)) {
        throw new IllegalArgumentException(
            "a learning rate needs to be finite and above 0, got " + rate);
      }
    }

    @Override
    public Tensor at(Tensor step) {
      return Tensor.full(Shape.SCALAR, DType.F64, rate);
    }
  }
}
