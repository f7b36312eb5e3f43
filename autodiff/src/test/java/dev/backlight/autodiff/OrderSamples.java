package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.*;
import java.util.ArrayList;
import java.util.List;

/// Places to check the ops that sort, accumulate, scatter and gather at, away from kinks and poles.
final class OrderSamples {
  private OrderSamples() {}

  static List<OpSamples.Sample> all() {
    List<OpSamples.Sample> all = new ArrayList<>();
    Tensor x =
        Tensor.of(Shape.of(2, 3, 2), .3, -1.2, .7, 2.1, -.4, 1.6, 1.1, -.6, .2, -.8, 1.9, .5);
    Tensor y = Tensor.of(Shape.of(2, 3, 2), .9, .4, -.7, 1.2, .6, -1.5, .1, 1.3, -.3, .8, .5, -.2);
    Tensor line = Tensor.of(Shape.of(5), .4, -1.1, .8, .3, 2.0);
    all.add(sample(new CumSum(1, false), x));
    all.add(sample(new CumSum(0, true), line));
    all.add(sample(new CumSum(-1, true), x.mul(9).to(DType.I32)));
    all.add(sample(new Recurrence(1, false), x, y));
    all.add(sample(new Recurrence(0, true), line, line.neg().add(.3)));
    all.add(sample(new Recurrence(2, true), x, y));
    all.add(sample(new LogCumSumExp(1), x));
    all.add(sample(new LogCumSumExp(0), line));
    all.add(sample(new CumMaxIndex(1), x));
    all.add(sample(new Argsort(1, false), x));
    all.add(sample(new Argsort(0, true), line));
    all.add(sample(new OrderStatistic(1, 1), x));
    all.add(sample(new OrderStatistic(0, 3), line));
    all.add(sample(new FlatIndex(Shape.of(2, 3)), Tensor.of(Shape.of(2, 2), 0, 2, 1, 1)));
    all.add(sample(new LastWriter(1, 4), Tensor.of(Shape.of(2, 3), 0, 2, 0, 3, 1, 1)));
    return all;
  }

  private static OpSamples.Sample sample(dev.backlight.core.Op op, Tensor... in) {
    return new OpSamples.Sample(op, List.of(in));
  }
}
