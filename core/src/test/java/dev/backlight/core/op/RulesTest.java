package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The rules of ops that move, gather or multiply elements, asked by differences and by the adjoint
/// identity.
class RulesTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  private static Tensor random(int... sizes) {
    Shape shape = Shape.of(sizes);
    return Tensor.of(shape, new Random(3).doubles(shape.elements(), -1, 1).toArray());
  }

  static Stream<Arguments> linearOps() {
    Conv2dOptions strided = Conv2dOptions.of().stride(2, 1).padding(1, 2).dilation(1, 2).groups(2);
    Pool2dOptions pool = Pool2dOptions.of(3, 2).stride(2).padding(1).countPadding(false);
    Tensor image = random(2, 4, 5, 6);
    Tensor window = random(6, 2, 3, 2);
    Tensor made = image.conv2d(window, strided);
    Tensor index = Tensor.of(Shape.of(2, 2), 2, 0, 2, 1);
    Tensor along = Tensor.of(Shape.of(2, 3), 2, 0, 2, 1, 1, 1);
    return Stream.of(
        Arguments.of(new Expand(Shape.of(4, 2, 3)), List.of(random(2, 1))),
        Arguments.of(new Expand(Shape.of(2, 3)), List.of(random())),
        Arguments.of(new Sum(List.of(1), false), List.of(random(2, 3, 4))),
        Arguments.of(new Sum(List.of(0, 2), true), List.of(random(2, 3, 4))),
        Arguments.of(new Sum(List.of(0, 1, 2), false), List.of(random(2, 3, 4))),
        Arguments.of(new Concat(1), List.of(random(2, 3), random(2, 1).mul(0))),
        Arguments.of(new Reshape(Shape.of(3, 4)), List.of(random(2, 6))),
        Arguments.of(new Permute(List.of(2, 0, 1)), List.of(random(2, 3, 4))),
        Arguments.of(new Slice(List.of(new Span(1, 2, 3), Span.all(2))), List.of(random(5, 2))),
        Arguments.of(
            new Embed(Shape.of(6, 2), List.of(new Span(1, 2, 3), Span.all(2))),
            List.of(random(2, 2))),
        Arguments.of(new Flip(List.of(0, 2)), List.of(random(2, 3, 4))),
        Arguments.of(new Take(1), List.of(random(2, 3, 2), index)),
        Arguments.of(new TakeAdd(1, 4), List.of(random(2, 2, 2, 3), index)),
        Arguments.of(new TakeAlong(1), List.of(random(2, 4), along)),
        Arguments.of(new AddAlong(1, 3), List.of(random(2, 3), along)),
        Arguments.of(
            new MaxPool2dInput(pool, image.shape()),
            List.of(image.avgPool2d(pool), Tensor.applyAll(new MaxPool2d(pool), image)[1])),
        Arguments.of(new AvgPool2d(pool), List.of(image)),
        Arguments.of(new AvgPool2dInput(pool, image.shape()), List.of(image.avgPool2d(pool))),
        Arguments.of(new MatMul(false, true), List.of(random(2, 3, 4), random(2, 5, 4))),
        Arguments.of(new Conv2d(strided), List.of(image, window)),
        Arguments.of(new Conv2dInput(strided, image.shape()), List.of(made, window)),
        Arguments.of(new Conv2dWeight(strided, window.shape()), List.of(image, made)));
  }

  @ParameterizedTest
  @MethodSource("linearOps")
  void theVjpOfALinearOpIsItsTranspose(Op op, List<Tensor> in) {
    Trace.checkTranspose(op, in.toArray(Tensor[]::new));
  }

  static Stream<Arguments> functions() {
    Tensor index = Tensor.of(Shape.of(2, 2), 2, 0, 2, 1);
    Tensor along = Tensor.of(Shape.of(2, 3), 2, 0, 2, 1, 1, 1);
    Pool2dOptions pool = Pool2dOptions.of(2).stride(1);
    return Stream.of(
        function("softmax", random(2, 3), x -> x.softmax(1)),
        function("softmax along the first axis", random(3, 2), x -> x.softmax(0)),
        function("masked softmax", random(2, 3), x -> x.maskedSoftmax(1)),
        function("log-softmax", random(2, 3), x -> x.logSoftmax(-1)),
        function("log-sum-exp", random(2, 3), x -> x.logSumExp(0)),
        function("norm", random(2, 3), x -> x.norm(1)),
        function("norm of all", random(2, 3), x -> x.norm()),
        function("norm in the middle", random(2, 3, 2), x -> x.normKeep(1)),
        function("amax", random(2, 3), x -> x.exp().amax(1)),
        function("amin", random(2, 3), x -> x.exp().aminKeep(0)),
        function("max", random(2, 3), x -> x.exp().max(1).values()),
        function("min", random(2, 3), x -> x.exp().min(0).values()),
        function("variance", random(2, 3), x -> x.variance(1, 1)),
        function("std", random(2, 3), x -> x.std(0, 0)),
        function("mean", random(2, 3), x -> x.exp().mean()),
        function("sum", random(2, 3, 2), x -> x.exp().sum(0, 2)),
        function("expand", random(2, 1), x -> x.exp().expand(Shape.of(2, 2, 3))),
        function("concat", random(3), x -> Tensor.concat(0, x.exp(), x.square())),
        function("stack", random(3), x -> Tensor.stack(1, x.exp(), x.square())),
        function("slice", random(5), x -> x.exp().slice(0, 1, 5, 2)),
        function("pad", random(2, 2), x -> x.exp().pad(1, 1, 2)),
        function("permute and reshape", random(2, 3), x -> x.exp().transpose().reshape(2, -1)),
        function("flip", random(2, 3), x -> x.exp().flip(1).mul(x)),
        function("take", random(3, 2), x -> x.exp().take(0, index)),
        function("takeAdd", random(2, 2, 2), x -> x.exp().takeAdd(0, index, 4)),
        function("takeAlong", random(2, 3), x -> x.exp().takeAlong(1, along)),
        function("addAlong", random(2, 3), x -> x.exp().addAlong(1, along, 4)),
        function("matmul", random(10), x -> product(x, false, false)),
        function("matmul, left transposed", random(10), x -> product(x, true, false)),
        function("matmul, right transposed", random(10), x -> product(x, false, true)),
        function("matmul, both transposed", random(10), x -> product(x, true, true)),
        function(
            "matmul of a batch",
            random(12),
            x -> x.slice(0, 0, 8).reshape(2, 2, 2).matmul(x.slice(0, 8, 12).reshape(2, 2))),
        function("dot", random(4), x -> x.slice(0, 0, 2).dot(x.slice(0, 2, 4))),
        function("outer", random(4), x -> x.slice(0, 0, 2).outer(x.slice(0, 2, 4))),
        function(
            "conv2d",
            random(2 * 3 * 3 + 2 * 4),
            x ->
                x.slice(0, 0, 18)
                    .reshape(1, 2, 3, 3)
                    .conv2d(
                        x.slice(0, 18, 26).reshape(2, 1, 2, 2),
                        Conv2dOptions.of().stride(2).padding(1).groups(2))),
        function("average pool", random(1, 1, 3, 3), x -> x.exp().avgPool2d(pool)),
        function("max pool", random(1, 1, 3, 3), x -> x.exp().maxPool2d(pool)));
  }

  private static Tensor product(Tensor x, boolean ta, boolean tb) {
    Tensor p = x.slice(0, 0, 4).reshape(2, 2);
    Tensor q = x.slice(0, 4, 10);
    return p.matmul(tb ? q.reshape(3, 2) : q.reshape(2, 3), ta, tb);
  }

  private static Arguments function(String name, Tensor x, UnaryOperator<Tensor> f) {
    return Arguments.of(name, x, f);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void derivativesUpToTheThirdAgreeWithDifferences(String name, Tensor x, UnaryOperator<Tensor> f) {
    Trace.checkDerivatives(3, f, x);
  }

  // ---- kinks, ties and infinities ----

  private static double[] gradient(UnaryOperator<Tensor> f, double... x) {
    Trace trace = new Trace();
    Tensor at = trace.input(Tensor.of(x));
    // Adding 0 makes -0 a plain 0: the sign of a zero is no part of the convention.
    return trace.gradient(f.apply(at).sum(), at).detached().add(0).toDoubles();
  }

  private static double[] second(UnaryOperator<Tensor> f, double... x) {
    return gradient(at -> slope(f, at, 5), x);
  }

  private static double[] third(UnaryOperator<Tensor> f, double... x) {
    return second(at -> slope(f, at, 6), x);
  }

  /// The derivative of a function along a fixed random direction, on the trace of `at`.
  private static Tensor slope(UnaryOperator<Tensor> f, Tensor at, int seed) {
    if (at.recording() instanceof Trace trace) {
      return trace
          .gradient(f.apply(at).sum(), at)
          .mul(Tensor.of(new Random(seed).doubles(at.elements()).toArray()));
    }
    throw new AssertionError("not on a trace");
  }

  @Test
  void softmaxGivesNothingToMinusInfinity() {
    UnaryOperator<Tensor> f = x -> x.softmax(0).slice(0, 1, 2);

    assertThat(Tensor.of(-INF, 0.0, 0.0).softmax(0).toDoubles()).containsExactly(0, 0.5, 0.5);
    assertThat(gradient(f, -INF, 0, 0)).containsExactly(0, 0.25, -0.25);
    assertThat(second(f, -INF, 0, 0)[0]).isZero();
    assertThat(third(f, -INF, 0, 0)[0]).isZero();
  }

  @Test
  void logSoftmaxGivesNothingToMinusInfinity() {
    assertThat(gradient(x -> x.logSoftmax(0).slice(0, 1, 2), -INF, 0)).containsExactly(0, 0);
  }

  @Test
  void aSoftmaxOfOnlyMinusInfinityIsNanUnlessMasked() {
    assertThat(Tensor.of(-INF, -INF).softmax(0).toDoubles()).containsOnly(Double.NaN);
    assertThat(Tensor.of(-INF, -INF).maskedSoftmax(0).toDoubles()).containsOnly(0);
    assertThat(gradient(x -> x.maskedSoftmax(0), -INF, -INF)).containsOnly(0);
  }

  @Test
  void logSumExpIsFiniteAtEveryEdge() {
    UnaryOperator<Tensor> f = x -> x.logSumExp(0);

    assertThat(Tensor.of(-INF, -INF).logSumExp(0).item()).isEqualTo(-INF);
    assertThat(gradient(f, -INF, -INF)).containsExactly(0, 0);
    assertThat(second(f, -INF, -INF)).containsExactly(0, 0);
    assertThat(third(f, -INF, -INF)).containsExactly(0, 0);

    assertThat(gradient(f, -INF, 0)).containsExactly(0, 1);
    assertThat(second(f, -INF, 0)).containsExactly(0, 0);

    assertThat(Tensor.of(1.0, INF).logSumExp(0).item()).isEqualTo(INF);
    assertThat(gradient(f, 1, INF)).containsExactly(0, 1);
    assertThat(second(f, 1, INF)).containsExactly(0, 0);
    assertThat(third(f, 1, INF)).containsExactly(0, 0);
    assertThat(gradient(f, INF, 1, INF)).containsExactly(0.5, 0, 0.5);

    assertThat(Tensor.of(1000.0, 1000.0).logSumExp(0).item()).isEqualTo(1000 + Math.log(2));
    assertThat(Tensor.of(-1000.0, -1000.0).logSumExp(0).item()).isEqualTo(-1000 + Math.log(2));
  }

  @Test
  void theNormAtZeroHasDerivativesZero() {
    UnaryOperator<Tensor> f = x -> x.norm();

    assertThat(gradient(f, 0, 0)).containsExactly(0, 0);
    assertThat(second(f, 0, 0)).containsExactly(0, 0);
    assertThat(third(f, 0, 0)).containsExactly(0, 0);
    assertThat(gradient(f, 3, -4)).containsExactly(0.6, -0.8);
  }

  @Test
  void theDeviationOfAConstantHasGradientZero() {
    assertThat(gradient(x -> x.std(1), 2, 2, 2)).containsOnly(0);
  }

  @Test
  void amaxSharesTiesEvenly() {
    assertThat(gradient(x -> x.amax(), 2, 5, 5, 1)).containsExactly(0, 0.5, 0.5, 0);
    assertThat(gradient(x -> x.amin(), 1, 5, 1, 1)[0]).isEqualTo(1 / 3.0);
    assertThat(second(x -> x.amax(), 5, 5)).containsOnly(0);
  }

  @Test
  void maxWithAnIndexSelectsTheFirstOfTies() {
    assertThat(gradient(x -> x.max(0).values(), 2, 5, 5, 1)).containsExactly(0, 1, 0, 0);
    assertThat(gradient(x -> x.min(0).values(), 1, 5, 1, 1)).containsExactly(1, 0, 0, 0);
  }

  @Test
  void maxPoolSelectsTheFirstOfTies() {
    UnaryOperator<Tensor> f = x -> x.reshape(1, 1, 2, 2).maxPool2d(Pool2dOptions.of(2));

    assertThat(gradient(f, 1, 3, 3, 3)).containsExactly(0, 1, 0, 0);
  }

  static Stream<Arguments> routesOfIntegers() {
    Tensor x = Tensor.of(Shape.of(2, 2), 1, 0, 0, 1);
    List<Span> spans = List.of(Span.all(2), new Span(0, 1, 1));
    return Stream.of(
        Arguments.of(new Expand(Shape.of(3, 2, 2)), List.of(x)),
        Arguments.of(new Concat(0), List.of(x, x)),
        Arguments.of(new Reshape(Shape.of(4)), List.of(x)),
        Arguments.of(new Permute(List.of(1, 0)), List.of(x)),
        Arguments.of(new Slice(spans), List.of(x)),
        Arguments.of(new Embed(Shape.of(2, 3), List.of(Span.all(2), Span.all(2))), List.of(x)),
        Arguments.of(new Flip(List.of(0)), List.of(x)),
        Arguments.of(new Take(0), List.of(x, x)),
        Arguments.of(new TakeAlong(0), List.of(x, x)));
  }

  @ParameterizedTest
  @MethodSource("routesOfIntegers")
  void integersPassButSendNothingBack(Op op, List<Tensor> inputs) {
    Tensor[] in = inputs.toArray(Tensor[]::new);
    Tensor out = Tensor.apply(op, in);
    Site site =
        new Site(op, in, new Tensor[] {out}, new Tensor[] {out}, new boolean[] {true, true}, "");

    assertThat(out.dtype()).isEqualTo(DType.I32);
    assertThat(op.vjps(site)).hasSize(in.length).containsOnlyNulls();
  }
}
