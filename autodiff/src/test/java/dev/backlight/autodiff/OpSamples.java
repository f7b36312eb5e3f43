package dev.backlight.autodiff;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.*;
import java.util.ArrayList;
import java.util.List;

/// At least one place to check every op at, away from kinks and poles.
final class OpSamples {
  record Sample(Op op, List<Tensor> inputs) {
    @Override
    public String toString() {
      return TapePrinter.name(op) + inputs.stream().map(t -> t.shape().toString()).toList();
    }
  }

  private static final List<Sample> ALL = new ArrayList<>();

  private OpSamples() {}

  static {
    Tensor x = t(Shape.of(2, 3), .3, -1.2, .7, 2.1, -.4, 1.6);
    Tensor y = t(Shape.of(2, 3), -.8, .5, 1.4, -1.1, .9, .2);
    Tensor positive = t(Shape.of(2, 3), .3, 1.2, .7, 2.1, .4, 1.6);
    Tensor flags = Tensor.of(Shape.of(2, 3), true, false, true, false, false, true);
    Tensor index = Tensor.of(Shape.of(2, 2), 2, 0, 1, 1);
    Tensor longs = Tensor.of(2L, 0, 2);

    for (Op op :
        List.of(
            new Abs(),
            new Exp(),
            new Expm1(),
            new Sin(),
            new Cos(),
            new Tan(),
            new Tanh(),
            new Sigmoid(),
            new Softplus(),
            new Relu(),
            new Relu6(),
            new LeakyRelu(.1),
            new Elu(.7),
            new Erf(),
            new Reciprocal(),
            new Clamp(-1, 1),
            new Power(2),
            new Power(3),
            new Power(0),
            new Power(1),
            new Power(-1),
            new Scale(-2.5),
            new Over(3),
            new Shift(.7),
            new Sign(),
            new Floor(),
            new Ceil(),
            new Round(),
            new StopGradient(),
            new Cast(DType.F32),
            new Cast(DType.F64),
            new CompareTo(Compare.Kind.GT, .1))) {
      add(op, x);
    }
    for (Op op : List.of(new Log(), new Log1p(), new Sqrt(), new Rsqrt(), new Power(.5))) {
      add(op, positive);
    }
    for (Op op :
        List.of(new Add(), new Sub(), new Mul(), new Div(), new Maximum(), new Minimum())) {
      add(op, x, y);
    }
    add(new Pow(), positive, y);
    add(new Compare(Compare.Kind.LE), x, y);
    add(new Where(), flags, x, y);
    add(new And(), flags, flags.not());
    add(new Or(), flags, flags.not());
    add(new Not(), flags);
    add(new OneHot(3, DType.F64), index);

    add(new Expand(Shape.of(4, 2, 3)), x);
    add(new Expand(Shape.of(2, 5)), t(Shape.of(2, 1), .4, -.6));
    add(new Sum(List.of(0), false), x);
    add(new Sum(List.of(1), true), x);
    add(new Sum(List.of(0, 1), false), x);
    add(new Reshape(Shape.of(3, 2)), x);
    add(
        new Permute(List.of(2, 0, 1)),
        t(Shape.of(2, 3, 2), 1., 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    add(new Slice(List.of(new Span(1, 1, 1), new Span(0, 2, 2))), x);
    add(new Embed(Shape.of(3, 5), List.of(new Span(1, 2, 1), new Span(0, 3, 2))), x);
    add(new Flip(List.of(1)), x);
    add(new Concat(0), x, y);
    add(new Concat(1), x, y, t(Shape.of(2, 1), 1., 2));
    add(new Take(1), x, longs);
    add(new Take(0), x, index.lt(0).to(DType.I32));
    add(new TakeAdd(1, 4), x, longs);
    add(new TakeAlong(1), x, index);
    add(new AddAlong(1, 4), t(Shape.of(2, 2), .1, .2, .3, .4), index);
    add(new MaxIndex(1), x);
    add(new MaxIndex(0), x);

    add(new Softmax(false), x);
    add(new Softmax(true), x);
    add(new LogSumExp(), x);
    add(new AMax(List.of(1), false), x);
    add(new AMax(List.of(0, 1), true), x);
    add(new Norm(List.of(1), false), x);
    add(new Norm(List.of(0, 1), true), x);

    Tensor a = ramp(Shape.of(2, 3), 1);
    Tensor b = ramp(Shape.of(3, 4), 2);
    for (boolean ta : new boolean[] {false, true}) {
      for (boolean tb : new boolean[] {false, true}) {
        add(new MatMul(ta, tb), ta ? a.transpose() : a, tb ? b.transpose() : b);
      }
    }
    add(new MatMul(false, true), ramp(Shape.of(2, 2, 3), 3), ramp(Shape.of(2, 4, 3), 4));

    Conv2dOptions plain = Conv2dOptions.of();
    Conv2dOptions odd = new Conv2dOptions(2, 1, 1, 2, 1, 2, 2);
    conv(plain, Shape.of(1, 2, 4, 3), Shape.of(2, 2, 2, 2));
    conv(odd, Shape.of(2, 2, 5, 4), Shape.of(4, 1, 3, 2));
    Tensor image = ramp(Shape.of(2, 1, 4, 5), 9);
    for (Pool2dOptions pool :
        List.of(
            Pool2dOptions.of(2),
            new Pool2dOptions(3, 2, 2, 1, 1, 0, true, false),
            new Pool2dOptions(2, 3, 1, 2, 1, 1, false, true))) {
      add(new MaxPool2d(pool), image);
      // One plane, for what is asked of batches gives places to other windows.
      Tensor one = image.slice(0, 0, 1);
      Tensor places = Tensor.applyAll(new MaxPool2d(pool), one)[1];
      add(new MaxPool2dInput(pool, one.shape()), ramp(places.shape(), 11), places);
      add(new AvgPool2d(pool), image);
      Shape pooled = Tensor.apply(new AvgPool2d(pool), image).shape();
      add(new AvgPool2dInput(pool, image.shape()), ramp(pooled, 10));
    }
  }

  private static void conv(Conv2dOptions options, Shape xs, Shape ws) {
    Tensor x = ramp(xs, 5);
    Tensor w = ramp(ws, 6);
    add(new Conv2d(options), x, w);
    Tensor g = ramp(Tensor.apply(new Conv2d(options), x, w).shape(), 7);
    add(new Conv2dInput(options, xs), g, w);
    add(new Conv2dWeight(options, ws), x, g);
  }

  static Tensor t(Shape shape, double... values) {
    return Tensor.of(shape, values);
  }

  /// Values without ties and without a pattern that a transpose would keep.
  static Tensor ramp(Shape shape, int seed) {
    double[] values = new double[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.sin(1.7 * i * i + seed) * 1.3 + .01 * i;
    }
    return Tensor.of(shape, values);
  }

  private static void add(Op op, Tensor... inputs) {
    ALL.add(new Sample(op, List.of(inputs)));
  }

  static List<Sample> all() {
    List<Sample> all = new ArrayList<>(ALL);
    all.addAll(SpecialSamples.all());
    all.addAll(OrderSamples.all());
    all.addAll(LinalgSamples.all());
    all.addAll(ImageSamples.all());
    all.addAll(NeuralSamples.all());
    return List.copyOf(all);
  }
}
