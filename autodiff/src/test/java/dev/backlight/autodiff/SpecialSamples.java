package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.*;
import java.util.ArrayList;
import java.util.List;

/// Places to check the special functions and activations at, away from kinks and poles.
final class SpecialSamples {
  private SpecialSamples() {}

  static List<OpSamples.Sample> all() {
    List<OpSamples.Sample> all = new ArrayList<>();
    Tensor x = Tensor.of(Shape.of(2, 3), .3, -1.2, .7, 2.1, -.4, 1.6);
    Tensor y = Tensor.of(Shape.of(2, 3), -.8, .5, 1.4, -1.1, .9, .25);
    Tensor inside = Tensor.of(Shape.of(2, 3), .3, -.6, .7, .12, -.4, .55);
    Tensor probability = Tensor.of(Shape.of(5), .3, .6, .7, .12, .45);
    Tensor positive = Tensor.of(Shape.of(7), .3, 1.2, .7, 2.1, 9.4, 1.6, 4.5);
    Tensor aboveOne = Tensor.of(Shape.of(3), 1.3, 2.4, 5.1);
    Tensor betweenPoles = Tensor.of(Shape.of(3, 1), -.4, -1.6, -3.5);
    for (Op op : List.of(new Asin(), new Acos(), new Atanh(), new Erfinv())) {
      all.add(sample(op, inside));
    }
    for (Op op :
        List.of(
            new Atan(),
            new Sinh(),
            new Cosh(),
            new Asinh(),
            new Exp2(),
            new Cbrt(),
            new Softsign(),
            new Logistic(),
            new Trunc(),
            new Erfc(),
            new Erfcx(0),
            new Erfcx(2),
            new Sinc(),
            new Sinc(3),
            new LeakyRelu(-.3),
            new LeakyRelu(2),
            new Elu(-.5),
            new Elu(1.7))) {
      all.add(sample(op, x));
    }
    for (Op op :
        List.of(
            new Log2(),
            new Log10(),
            new Entr(),
            new Lgamma(),
            new Polygamma(0),
            new Polygamma(1),
            new Polygamma(4))) {
      all.add(sample(op, positive));
    }
    all.add(sample(new Logit(), probability));
    all.add(sample(new Acosh(), aboveOne));
    all.add(sample(new Lgamma(), betweenPoles));
    all.add(sample(new Polygamma(0), betweenPoles));
    for (Op op :
        List.of(
            new Atan2(),
            new Hypot(),
            new LogAddExp(),
            new Copysign(),
            new Remainder(),
            new Fmod(),
            new FloorDiv(),
            new TruncDiv())) {
      all.add(sample(op, x, y));
    }
    Tensor whole = Tensor.of(Shape.of(2, 3), 3, -7, 5, -1, 0, 12);
    Tensor divisors = Tensor.of(Shape.of(2, 3), 2, 3, -4, -5, 7, 12);
    for (Op op :
        List.of(
            new Add(),
            new Sub(),
            new Mul(),
            new Maximum(),
            new Minimum(),
            new Remainder(),
            new Fmod(),
            new FloorDiv(),
            new TruncDiv())) {
      all.add(sample(op, whole, divisors));
      all.add(sample(op, whole.to(DType.I64), divisors.to(DType.I64)));
    }
    for (Op op :
        List.of(
            new Shift(3),
            new Scale(-2),
            new Abs(),
            new Sum(List.of(0), true),
            new Sum(List.of(0, 1), false))) {
      all.add(sample(op, whole));
      all.add(sample(op, whole.to(DType.I64)));
    }
    return all;
  }

  private static OpSamples.Sample sample(Op op, Tensor... inputs) {
    return new OpSamples.Sample(op, List.of(inputs));
  }
}
