package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// First derivatives of the elementwise ops: asked of their values by differences where they are
/// smooth, and of the table of conventions where they are not.
class SlopesTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  /// An op and a point, one number an input.
  record Smooth(Op op, double... point) {
    @Override
    public String toString() {
      return op + " at " + Arrays.toString(point);
    }
  }

  static Stream<Smooth> smooth() {
    Stream<Smooth> everywhere =
        Stream.of(
                new Scale(-1.7),
                new Over(3),
                new Shift(2.5),
                new Exp(),
                new Expm1(),
                new Sin(),
                new Cos(),
                new Tan(),
                new Tanh(),
                new Sigmoid(),
                new Softplus(),
                new Erf(),
                new Relu(),
                new Relu6(),
                new LeakyRelu(0.1),
                new LeakyRelu(3),
                new Elu(1),
                new Elu(0.3),
                new Abs(),
                new Clamp(-0.5, 1.3),
                new Power(2),
                new Power(3),
                new Power(-2),
                new Power(1))
            .flatMap(op -> Stream.of(-2.3, -0.7, 0.4, 1.1).map(x -> new Smooth(op, x)));
    Stream<Smooth> positive =
        Stream.of(
                new Log(),
                new Log1p(),
                new Sqrt(),
                new Rsqrt(),
                new Reciprocal(),
                new Power(0.5),
                new Power(-1.3))
            .flatMap(op -> Stream.of(0.3, 1.0, 4.2).map(x -> new Smooth(op, x)));
    Stream<Smooth> pairs =
        Stream.of(
                new Add(), new Sub(), new Mul(), new Div(), new Maximum(), new Minimum(), new Pow())
            .flatMap(op ->
                Stream.of(
                    new Smooth(op, 0.8, 2.3), new Smooth(op, 1.9, -1.2), new Smooth(op, 2, 1)));
    return Stream.of(everywhere, positive, pairs).flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void slopesAgreeWithDifferences(Smooth at) {
    for (int i = 0; i < at.point.length; i++) {
      double expected = difference(at.op, i, at.point);
      double tolerance = 1e-9 * Math.max(1, Math.abs(expected));
      assertThat(vjp(at.op, i, 1, at.point))
          .as("vjp of input %d", i)
          .isCloseTo(expected, within(tolerance));
      assertThat(slope(at.op, i, at.point))
          .as("slope of input %d", i)
          .isCloseTo(expected, within(tolerance));
    }
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void theCotangentIsAFactor(Smooth at) {
    for (int i = 0; i < at.point.length; i++) {
      assertThat(vjp(at.op, i, -4, at.point)).isEqualTo(-4 * vjp(at.op, i, 1, at.point));
    }
  }

  /// What a gradient is at a point where the difference quotient has no limit, or an infinite one.
  record Kink(Op op, int input, double expected, double... point) {
    @Override
    public String toString() {
      return op + " at " + Arrays.toString(point) + ", input " + input + ": " + expected;
    }
  }

  static Stream<Kink> kinks() {
    return Stream.of(
        new Kink(new Relu(), 0, 0, 0),
        new Kink(new Relu6(), 0, 0, 0),
        new Kink(new Relu6(), 0, 0, 6),
        new Kink(new LeakyRelu(0.1), 0, 0.1, 0),
        new Kink(new LeakyRelu(3), 0, 1, 0),
        new Kink(new Elu(1), 0, 1, 0),
        new Kink(new Elu(0.5), 0, 0.5, 0),
        new Kink(new Elu(2), 0, 1, 0),
        new Kink(new Abs(), 0, 0, 0),
        new Kink(new Maximum(), 0, 0.5, 3, 3),
        new Kink(new Maximum(), 1, 0.5, 3, 3),
        new Kink(new Minimum(), 0, 0.5, 3, 3),
        new Kink(new Minimum(), 1, 0.5, 3, 3),
        new Kink(new Sqrt(), 0, INF, 0),
        new Kink(new Rsqrt(), 0, -INF, 0),
        new Kink(new Log(), 0, INF, 0),
        new Kink(new Log1p(), 0, INF, -1),
        new Kink(new Reciprocal(), 0, -INF, 0),
        new Kink(new Div(), 0, INF, 0, 0),
        new Kink(new Div(), 1, NAN, 0, 0),
        new Kink(new Power(2), 0, 0, 0),
        new Kink(new Power(1), 0, 1, 0),
        new Kink(new Power(0), 0, 0, 0),
        new Kink(new Power(0.5), 0, INF, 0),
        new Kink(new Power(-1), 0, -INF, 0),
        new Kink(new Pow(), 0, 0, 0, 0),
        new Kink(new Pow(), 1, 0, 0, 0),
        new Kink(new Pow(), 0, 0, 0, 2),
        new Kink(new Pow(), 1, 0, 0, 2),
        new Kink(new Pow(), 0, 1, 0, 1),
        new Kink(new Pow(), 0, INF, 0, 0.5),
        new Kink(new Pow(), 0, 12, -2, 3),
        new Kink(new Pow(), 1, NAN, -2, 3),
        new Kink(new Pow(), 1, -INF, 0, -1),
        new Kink(new Clamp(-1, 1), 0, 1, -1),
        new Kink(new Clamp(-1, 1), 0, 1, 1),
        new Kink(new Sigmoid(), 0, 0, 1000),
        new Kink(new Sigmoid(), 0, 0, -1000),
        new Kink(new Tanh(), 0, 0, 1000),
        new Kink(new Softplus(), 0, 1, 1000),
        new Kink(new Softplus(), 0, 0, -1000),
        new Kink(new Erf(), 0, 0, INF),
        new Kink(new Sign(), 0, 0, 0),
        new Kink(new Floor(), 0, 0, 2),
        new Kink(new Ceil(), 0, 0, 2),
        new Kink(new Round(), 0, 0, 2.5));
  }

  @ParameterizedTest
  @MethodSource("kinks")
  void kinksFollowTheConventions(Kink at) {
    // Adding 0 makes -0 and 0 equal.
    assertThat(vjp(at.op, at.input, 1, at.point) + 0).isEqualTo(Double.valueOf(at.expected));
  }

  @Test
  void infiniteCotangentsAreShutOutWhereAUnitIsOff() {
    assertThat(vjp(new Relu(), 0, INF, -1)).isZero();
    assertThat(vjp(new Relu(), 0, INF, 0)).isZero();
    assertThat(vjp(new Relu(), 0, INF, 1)).isEqualTo(INF);
    assertThat(vjp(new Relu6(), 0, INF, 7)).isZero();
    assertThat(vjp(new Clamp(0, 1), 0, INF, 2)).isZero();
    assertThat(vjp(new Maximum(), 0, INF, 1, 2)).isZero();
    assertThat(vjp(new Minimum(), 1, INF, 1, 2)).isZero();
  }

  @Test
  void whereSendsEachCotangentToTheChosenSideOnly() {
    Tensor c = Tensor.of(true, false);
    Tensor a = Tensor.of(1.0, 2.0);
    Tensor g = Tensor.of(INF, 7.0);
    Site site = site(new Where(), g, c, a, a);

    assertThat(new Where().vjp(0, site)).isNull();
    assertThat(present(new Where().vjp(1, site)).toDoubles()).containsExactly(INF, 0);
    assertThat(present(new Where().vjp(2, site)).toDoubles()).containsExactly(0, 7);
  }

  @Test
  void conversionsSendACotangentBackBetweenFloatTypesOnly() {
    Cast toFloat = new Cast(DType.F32);
    Tensor g = Tensor.of(0.1f);

    Tensor back = present(toFloat.vjp(0, site(toFloat, g, Tensor.of(2.0))));
    assertThat(back.sameAs(Tensor.of((double) 0.1f))).isTrue();
    assertThat(toFloat.vjp(0, site(toFloat, g, Tensor.of(2)))).isNull();
    assertThat(toFloat.vjp(0, site(toFloat, g, Tensor.of(true)))).isNull();
  }

  /// Richardson's fourth-order central difference of the values.
  private static double difference(Op op, int i, double... point) {
    double h = 1e-3;
    double near = (value(op, i, h, point) - value(op, i, -h, point)) / (2 * h);
    double far = (value(op, i, 2 * h, point) - value(op, i, -2 * h, point)) / (4 * h);
    return (4 * near - far) / 3;
  }

  private static double value(Op op, int i, double step, double... point) {
    double[] moved = point.clone();
    moved[i] += step;
    return op.evaluate(blocks(scalars(moved)))[0].get(0);
  }

  private static double vjp(Op op, int i, double cotangent, double... point) {
    Tensor back = op.vjp(i, site(op, Tensor.scalar(cotangent), scalars(point)));
    return back == null ? 0 : back.item();
  }

  private static double slope(Op op, int i, double... point) {
    Tensor[] x = scalars(point);
    Tensor y = Tensor.over(op.evaluate(blocks(x))[0]);
    return switch (op) {
      case Op.Elementwise f -> f.slope(x[0], y).item();
      case Op.Pairwise f -> f.slope(i, x[0], x[1], y).item();
      default -> vjp(op, i, 1, point);
    };
  }

  private static Site site(Op op, Tensor cotangent, Tensor... inputs) {
    Tensor output = Tensor.over(op.evaluate(blocks(inputs))[0]);
    boolean[] needed = new boolean[inputs.length];
    Arrays.fill(needed, true);
    return new Site(
        op, inputs, new Tensor[] {output}, new @Nullable Tensor[] {cotangent}, needed, "");
  }

  private static Tensor[] scalars(double... point) {
    return Arrays.stream(point).mapToObj(Tensor::scalar).toArray(Tensor[]::new);
  }

  private static Block[] blocks(Tensor... tensors) {
    return Arrays.stream(tensors).map(Tensor::block).toArray(Block[]::new);
  }

  private static Tensor present(@Nullable Tensor tensor) {
    assertThat(tensor).isNotNull();
    return tensor;
  }
}
