package dev.backlight.explain;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.*;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Every op somewhere in a network, at inputs of its domain.
final class OpPlaces {
  private OpPlaces() {}

  /// An op, what it is given, and what of that depends on the input of the network.
  record Place(Op op, List<Tensor> inputs, List<Integer> active) {
    /// What depends on the input of the network, as that input, (1, elements).
    Tensor x() {
      return Tensor.concat(
              0, active.stream().map(i -> inputs.get(i).to(DType.F64).flatten()).toList())
          .unsqueeze(0);
    }

    /// What it answers, (1), behind a layer that changes nothing and before one that weighs.
    Tensor answer(Tensor x) {
      Tensor read = x.matmul(Tensor.eye(x.size(1), DType.F64));
      Tensor[] in = inputs.toArray(Tensor[]::new);
      int from = 0;
      for (int i : active) {
        Tensor part = read.slice(1, from, from + in[i].elements()).reshape(in[i].shape());
        from += in[i].elements();
        in[i] =
            switch (in[i].dtype()) {
              case F64 -> part;
              case BOOL -> part.gt(0.5);
              default -> part.to(in[i].dtype());
            };
      }
      Tensor y = Tensor.applyAll(op, in)[0].to(DType.F64);
      int m = y.elements();
      double[] weights = IntStream.range(0, m).mapToDouble(i -> 1 + .3 * Math.sin(i)).toArray();
      return y.reshape(1, m).matmul(Tensor.of(weights).reshape(m, 1)).squeeze(1);
    }

    @Override
    public String toString() {
      return op + " of " + inputs.stream().map(t -> t.spec().toString()).toList() + " by " + active;
    }
  }

  private static Tensor t(Shape shape, double... values) {
    return Tensor.of(shape, values);
  }

  /// Values without ties and without a pattern.
  private static Tensor wave(int seed, int... sizes) {
    Shape shape = Shape.of(sizes);
    double[] values =
        IntStream.range(0, shape.elements())
            .mapToDouble(i -> Math.sin(1.7 * i * i + seed) * 1.3 + .01 * i)
            .toArray();
    return Tensor.of(shape, values);
  }

  /// Each op with all of its inputs depending on that of the network, and with each of them alone;
  /// indices are given, where there is something else.
  private static void each(List<Place> all, List<Op> ops, Tensor... inputs) {
    List<Integer> every = IntStream.range(0, inputs.length).boxed().toList();
    List<Integer> others = every.stream().filter(i -> !inputs[i].dtype().isInteger()).toList();
    List<Integer> active = others.isEmpty() ? every : others;
    for (Op op : ops) {
      all.add(new Place(op, List.of(inputs), active));
      for (int i : active.size() > 1 ? active : List.<Integer>of()) {
        all.add(new Place(op, List.of(inputs), List.of(i)));
      }
    }
  }

  static List<Place> all() {
    List<Place> all = new ArrayList<>();
    pointwise(all);
    shaping(all);
    orders(all);
    products(all);
    linalg(all);
    return all;
  }

  private static void pointwise(List<Place> all) {
    Tensor x = t(Shape.of(2, 3), .3, -1.2, .7, 2.1, -.4, 1.6);
    Tensor y = t(Shape.of(2, 3), -.8, .5, 1.4, -1.1, .9, .2);
    Tensor positive = t(Shape.of(2, 3), .3, 1.2, .7, 2.1, .4, 1.6);
    Tensor inside = t(Shape.of(4), .3, -.6, .7, -.12);
    Tensor flags = Tensor.of(Shape.of(2, 3), true, false, true, false, false, true);
    each(
        all,
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
            new CompareTo(Compare.Kind.GT, .1),
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
            new Sinc(),
            new Sinc(2)),
        x);
    each(
        all,
        List.of(
            new Log(),
            new Log1p(),
            new Sqrt(),
            new Rsqrt(),
            new Power(.5),
            new Log2(),
            new Log10(),
            new Entr(),
            new Lgamma(),
            new Polygamma(0),
            new Polygamma(1)),
        positive);
    each(all, List.of(new Asin(), new Acos(), new Atanh(), new Erfinv()), inside);
    each(all, List.of(new Logit()), inside.abs());
    each(all, List.of(new Acosh()), positive.add(1));
    each(
        all,
        List.of(
            new Add(),
            new Sub(),
            new Mul(),
            new Div(),
            new Maximum(),
            new Minimum(),
            new Atan2(),
            new Hypot(),
            new LogAddExp(),
            new Copysign(),
            new Remainder(),
            new Fmod(),
            new FloorDiv(),
            new TruncDiv(),
            new Compare(Compare.Kind.LE)),
        x,
        y);
    each(all, List.of(new Pow()), positive, y);
    each(all, List.of(new Where()), flags, x, y);
    each(all, List.of(new And(), new Or()), flags, flags.not());
    each(all, List.of(new Not()), flags);
  }

  private static void shaping(List<Place> all) {
    Tensor x = t(Shape.of(2, 3), .3, -1.2, .7, 2.1, -.4, 1.6);
    Tensor index = Tensor.of(Shape.of(2, 2), 2, 0, 1, 1);
    Tensor longs = Tensor.of(2L, 0, 2);
    each(
        all,
        List.of(
            new Expand(Shape.of(4, 2, 3)),
            new Sum(List.of(0), false),
            new Sum(List.of(1), true),
            new Reshape(Shape.of(3, 2)),
            new Permute(List.of(1, 0)),
            new Slice(List.of(new Span(1, 1, 1), new Span(0, 2, 2))),
            new Embed(Shape.of(3, 5), List.of(new Span(1, 2, 1), new Span(0, 3, 2))),
            new Flip(List.of(1)),
            new MaxIndex(1),
            new Softmax(false),
            new Softmax(true),
            new LogSumExp(),
            new AMax(List.of(1), false),
            new Norm(List.of(1), false),
            new Standardize(List.of(1), .3)),
        x);
    each(all, List.of(new Concat(0), new Concat(1)), x, x.neg());
    each(all, List.of(new OneHot(3, DType.F64)), index);
    each(all, List.of(new Take(1), new TakeAdd(1, 4)), x, longs);
    each(all, List.of(new TakeAlong(1)), x, index);
    each(all, List.of(new AddAlong(1, 4)), wave(1, 2, 2), index);
    each(all, List.of(new CrossEntropy()), wave(14, 3, 4), Tensor.of(2, 0, 3));
    Tensor key = Tensor.of(7L, 3L);
    each(all, List.of(new Draw(Draw.Kind.UNIFORM, Shape.of(2, 3), DType.F64)), key);
    each(all, List.of(new FoldKey()), key, Tensor.of(Shape.SCALAR, 5L));
  }

  private static void orders(List<Place> all) {
    Tensor x = wave(2, 2, 3, 2);
    each(
        all,
        List.of(
            new CumSum(1, false),
            new LogCumSumExp(1),
            new CumMaxIndex(1),
            new Argsort(1, false),
            new OrderStatistic(1, 1)),
        x);
    each(all, List.of(new Recurrence(1, false)), x, wave(3, 2, 3, 2));
    each(all, List.of(new FlatIndex(Shape.of(2, 3))), Tensor.of(Shape.of(2, 2), 0, 2, 1, 1));
    each(all, List.of(new LastWriter(1, 4)), Tensor.of(Shape.of(2, 3), 0, 2, 0, 3, 1, 1));
  }

  private static void products(List<Place> all) {
    each(all, List.of(new MatMul(false, false)), wave(1, 2, 3), wave(2, 3, 4));
    each(all, List.of(new MatMul(true, true)), wave(1, 3, 2), wave(2, 4, 3));
    Conv2dOptions plain = Conv2dOptions.of();
    Shape xs = Shape.of(1, 2, 4, 3);
    Shape ws = Shape.of(2, 2, 2, 2);
    Tensor image = wave(5, 1, 2, 4, 3);
    Tensor kernel = wave(6, 2, 2, 2, 2);
    Tensor made = Tensor.apply(new Conv2d(plain), image, kernel);
    each(all, List.of(new Conv2d(plain)), image, kernel);
    each(all, List.of(new Conv2dInput(plain, xs)), made, kernel);
    each(all, List.of(new Conv2dWeight(plain, ws)), image, made);
    Pool2dOptions pool = Pool2dOptions.of(2);
    each(all, List.of(new MaxPool2d(pool), new AvgPool2d(pool)), image);
    each(all, List.of(new MaxPool2dInput(pool, xs)), Tensor.applyAll(new MaxPool2d(pool), image));
    Tensor pooled = Tensor.apply(new AvgPool2d(pool), image);
    each(all, List.of(new AvgPool2dInput(pool, xs)), pooled);
  }

  private static void linalg(List<Place> all) {
    Tensor a = t(Shape.of(3, 3), 2.1, .3, -.4, .5, 1.7, .2, -.3, .6, 2.6);
    Tensor b = t(Shape.of(3, 2), .4, -1.1, .8, .3, -.7, 1.2);
    Tensor turn = t(Shape.of(2, 2), .3, -.8, .6, .5);
    each(
        all,
        List.of(
            new Cholesky(),
            new Det(),
            new Cofactors(0),
            new SlogDet(),
            new Qr(),
            new Eigh(),
            new Svd(),
            new Pinv(1e-9),
            new MatrixExp()),
        a);
    each(all, List.of(new TriangularSolve(false, false, false), new Solve()), a, b);
    each(all, List.of(new Cofactors(1)), turn, turn.transpose());
  }

  /// The names of the ops that are here.
  static List<String> names() {
    return all().stream().map(place -> place.op().getClass().getSimpleName()).distinct().toList();
  }
}
