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

  /// As [#cosine(double, int)], begun again and again: each round takes `factor` times as many
  /// steps as the one before. I. Loshchilov and F. Hutter, "SGDR" (2017).
  static Schedule cosineRestarts(double peak, int steps, int factor) {
    requireSteps(steps);
    if (factor < 1) {
      throw new IllegalArgumentException("restarts need a factor of at least 1, got " + factor);
    }
    if (factor == 1) {
      return step -> step.remainder(steps).mul(Math.PI / steps).cos().add(1).mul(peak / 2);
    }
    // Round k begins at steps · (factorᵏ − 1) / (factor − 1); a hair is added against rounding.
    return step -> {
      Tensor rounds = step.mul((factor - 1.0) / steps).add(1 + 1e-9).log().div(Math.log(factor));
      Tensor scale = rounds.floor().mul(Math.log(factor)).exp().round();
      Tensor begun = scale.sub(1).mul(steps / (factor - 1.0));
      return step.sub(begun).div(scale).mul(Math.PI / steps).cos().add(1).mul(peak / 2);
    };
  }

  /// `start · factor^⌊step / steps⌋`: multiplied by the factor every so many steps.
  static Schedule step(double start, double factor, int steps) {
    requireSteps(steps);
    return step -> step.div(steps).add(1e-9).floor().mul(Math.log(factor)).exp().mul(start);
  }

  /// From `start` to `end` over so many steps, then `end`: `end + (start − end) (1 −
  /// step/steps)^power`. With the power 1 it is a straight line.
  static Schedule polynomial(double start, double end, int steps, double power) {
    requireSteps(steps);
    if (!(power > 0)) {
      throw new IllegalArgumentException("a polynomial needs a power above 0, got " + power);
    }
    return step -> step.clamp(0, steps).div(steps).oneMinus().pow(power).mul(start - end).add(end);
  }

  /// One cycle: from `peak / 25` up to `peak` over the first part of the steps, then down to `peak
  /// / 250,000`, both along half a cosine. L. Smith and N. Topin, "Super-convergence" (2018).
  ///
  /// @param rising the part of the steps that go up, as in 0.3
  static Schedule oneCycle(double peak, int steps, double rising) {
    requireSteps(steps);
    if (!(rising > 0 && rising < 1)) {
      throw new IllegalArgumentException(
          "one cycle needs a rising part between 0 and 1, got " + rising);
    }
    double top = rising * steps - 1;
    double last = Math.max(steps - 1.0, top + 1e-9);
    return step -> {
      Tensor up = between(peak / 25, peak, step.div(Math.max(top, 1e-9)));
      Tensor down = between(peak, peak / 25 / 1e4, step.sub(top).div(last - top));
      return step.le(top).where(up, down);
    };
  }

  /// From one number to another along half a cosine, as the part goes from 0 to 1.
  private static Tensor between(double from, double to, Tensor part) {
    return part.clamp(0, 1).mul(Math.PI).cos().add(1).mul((from - to) / 2).add(to);
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
