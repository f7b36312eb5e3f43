package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TensorMathTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private static final Tensor X = Tensor.of(1.0, -2.0, 3.0);
  private static final Tensor Y = Tensor.of(4.0, 0.5, -2.0);

  @Test
  void pairsOfOneShapeMeetElementByElement() {
    assertThat(X.add(Y).toDoubles()).containsExactly(5, -1.5, 1);
    assertThat(X.sub(Y).toDoubles()).containsExactly(-3, -2.5, 5);
    assertThat(X.mul(Y).toDoubles()).containsExactly(4, -1, -6);
    assertThat(X.div(Y).toDoubles()).containsExactly(0.25, -4, -1.5);
    assertThat(X.maximum(Y).toDoubles()).containsExactly(4, 0.5, 3);
    assertThat(X.minimum(Y).toDoubles()).containsExactly(1, -2, -2);
    assertThat(Tensor.of(2.0, 9.0, -2.0).pow(Tensor.of(3.0, 0.5, 3.0)).toDoubles())
        .containsExactly(8, 3, -8);
  }

  @Test
  void numbersMeetEveryElement() {
    assertThat(X.add(2).toDoubles()).containsExactly(3, 0, 5);
    assertThat(X.sub(2).toDoubles()).containsExactly(-1, -4, 1);
    assertThat(X.mul(2).toDoubles()).containsExactly(2, -4, 6);
    assertThat(X.div(2).toDoubles()).containsExactly(0.5, -1, 1.5);
    assertThat(X.neg().toDoubles()).containsExactly(-1, 2, -3);
    assertThat(X.oneMinus().toDoubles()).containsExactly(0, 3, -2);
    assertThat(X.square().toDoubles()).containsExactly(1, 4, 9);
    assertThat(X.reciprocal().toDoubles()).containsExactly(1, -0.5, 1 / 3.0);
    assertThat(X.maximum(0).toDoubles()).containsExactly(1, 0, 3);
    assertThat(X.minimum(0).toDoubles()).containsExactly(0, -2, 0);
    assertThat(X.pow(3).toDoubles()).containsExactly(1, -8, 27);
    assertThat(X.clamp(-1, 1.5).toDoubles()).containsExactly(1, -1, 1.5);
  }

  @Test
  void numbersAreRoundedToTheDtypeOfTheTensor() {
    Tensor x = Tensor.of(0.3f, 7f);

    assertThat(x.add(0.1).toFloats()).containsExactly(0.3f + 0.1f, 7.1f);
    assertThat(x.sub(0.1).toFloats()).containsExactly(0.3f - 0.1f, 7 - 0.1f);
    assertThat(x.mul(0.1).toFloats()).containsExactly(0.3f * 0.1f, 7 * 0.1f);
    assertThat(x.div(0.1).toFloats()).containsExactly(0.3f / 0.1f, 7 / 0.1f);
    assertThat(x.maximum(0.4).toFloats()).containsExactly(0.4f, 7);
  }

  @Test
  void dividingByANumberRoundsOnce() {
    double[] sevens = new double[49];
    Arrays.fill(sevens, 7.0);

    assertThat(Tensor.of(49.0).div(49).item()).isEqualTo(1);
    assertThat(49 * (1 / 49.0)).as("what multiplying by the reciprocal gives").isNotEqualTo(1);
    assertThat(Tensor.of(sevens).mul(49).div(49).toDoubles()).containsOnly(7);
  }

  @Test
  void operandsAreExpandedAsNumPyDoes() {
    Tensor rows = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
    Tensor row = Tensor.of(10.0, 20.0, 30.0);
    Tensor column = Tensor.of(Shape.of(2, 1), 100.0, 200.0);

    assertThat(rows.add(row).sameAs(Tensor.of(new double[][] {{11, 22, 33}, {14, 25, 36}})))
        .isTrue();
    assertThat(row.sub(rows).sameAs(Tensor.of(new double[][] {{9, 18, 27}, {6, 15, 24}}))).isTrue();
    assertThat(column.add(row).sameAs(Tensor.of(new double[][] {{110, 120, 130}, {210, 220, 230}})))
        .isTrue();
    assertThat(rows.mul(Tensor.scalar(2.0)).sameAs(rows.add(rows))).isTrue();
    assertThat(Tensor.scalar(1.0).add(Tensor.scalar(2.0)).shape()).isEqualTo(Shape.SCALAR);
  }

  @Test
  void anEmptyTensorStaysEmpty() {
    Tensor none = Tensor.zeros(0, 3);

    assertThat(none.add(Tensor.ones(3)).exp().shape()).isEqualTo(Shape.of(0, 3));
    assertThat(none.mul(Tensor.ones(1, 3)).relu().toFloats()).isEmpty();
  }

  @Test
  void shapesThatDoNotBroadcastAreNamed() {
    Tensor a = Tensor.zeros(2, 3);
    Tensor b = Tensor.zeros(4);

    assertThatThrownBy(() -> a.add(b))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "add needs sizes that are equal or 1, aligned at the last axis, got (2, 3) and (4)");
    assertThatThrownBy(() -> b.pow(a))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "pow needs sizes that are equal or 1, aligned at the last axis, got (4) and (2, 3)");
  }

  @Test
  void dtypesAreNeverMixedSilently() {
    Tensor f32 = Tensor.of(1f, 2f);
    Tensor f64 = Tensor.of(1.0, 2.0);
    Tensor i32 = Tensor.of(1, 2);

    assertThatThrownBy(() -> f32.add(f64))
        .isInstanceOf(DTypeException.class)
        .hasMessage("add needs one dtype, got F32 and F64");
    assertThatThrownBy(() -> f64.maximum(f32))
        .isInstanceOf(DTypeException.class)
        .hasMessage("maximum needs one dtype, got F64 and F32");
    assertThatThrownBy(() -> f32.mul(i32))
        .isInstanceOf(DTypeException.class)
        .hasMessage("mul needs one dtype, got F32 and I32");
    assertThatThrownBy(() -> i32.add(0.5))
        .isInstanceOf(DTypeException.class)
        .hasMessage("shift on I32 needs a number of that type, got 0.5");
    assertThatThrownBy(i32::exp)
        .isInstanceOf(DTypeException.class)
        .hasMessage("exp needs F32 or F64, got I32");
  }

  @Test
  void attributesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> X.clamp(2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("clamp needs lo ≤ hi, got 2.0 and 1.0");
    assertThatThrownBy(() -> X.clamp(NAN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("clamp needs lo ≤ hi, got NaN and 1.0");
    assertThatThrownBy(() -> X.leakyRelu(NAN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("leakyrelu needs a finite leak, got NaN");
    assertThatThrownBy(() -> X.elu(INF))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("elu needs a finite alpha, got Infinity");
  }

  record Value(String what, UnaryOperator<Tensor> f, double x, double y) {
    @Override
    public String toString() {
      return what + " at " + x + " is " + y;
    }
  }

  /// Decimals from tables and from a computer algebra system, not from this library.
  static Stream<Value> values() {
    return Stream.of(
        new Value("exp", Tensor::exp, 1, 2.718281828459045),
        new Value("exp", Tensor::exp, -INF, 0),
        new Value("exp", Tensor::exp, 1000, INF),
        new Value("expm1", Tensor::expm1, 1e-10, 1.00000000005e-10),
        new Value("expm1", Tensor::expm1, -INF, -1),
        new Value("log", Tensor::log, 10, 2.302585092994046),
        new Value("log", Tensor::log, 0, -INF),
        new Value("log", Tensor::log, -1, NAN),
        new Value("log1p", Tensor::log1p, 1e-10, 9.9999999995e-11),
        new Value("log1p", Tensor::log1p, -1, -INF),
        new Value("sqrt", Tensor::sqrt, 2, 1.4142135623730951),
        new Value("sqrt", Tensor::sqrt, 0, 0),
        new Value("sqrt", Tensor::sqrt, -1, NAN),
        new Value("rsqrt", Tensor::rsqrt, 4, 0.5),
        new Value("rsqrt", Tensor::rsqrt, 0, INF),
        new Value("reciprocal", Tensor::reciprocal, 0, INF),
        new Value("reciprocal", Tensor::reciprocal, -INF, 0),
        new Value("abs", Tensor::abs, -2.5, 2.5),
        new Value("sin", Tensor::sin, 1, 0.8414709848078965),
        new Value("cos", Tensor::cos, 1, 0.5403023058681398),
        new Value("tan", Tensor::tan, 1, 1.5574077246549022),
        new Value("tanh", Tensor::tanh, 0.5, 0.46211715726000975),
        new Value("tanh", Tensor::tanh, 1000, 1),
        new Value("tanh", Tensor::tanh, -1000, -1),
        new Value("sigmoid", Tensor::sigmoid, 1, 0.7310585786300049),
        new Value("sigmoid", Tensor::sigmoid, -2, 0.11920292202211755),
        new Value("sigmoid", Tensor::sigmoid, 1000, 1),
        new Value("sigmoid", Tensor::sigmoid, -1000, 0),
        new Value("softplus", Tensor::softplus, 0, 0.6931471805599453),
        new Value("softplus", Tensor::softplus, -30, 9.357622968839737e-14),
        new Value("softplus", Tensor::softplus, 1000, 1000),
        new Value("softplus", Tensor::softplus, -1000, 0),
        new Value("logSigmoid", Tensor::logSigmoid, 1, -0.31326168751822286),
        new Value("logSigmoid", Tensor::logSigmoid, -1000, -1000),
        new Value("logSigmoid", Tensor::logSigmoid, 1000, 0),
        new Value("relu", Tensor::relu, -3, 0),
        new Value("relu", Tensor::relu, 3, 3),
        new Value("relu", Tensor::relu, NAN, NAN),
        new Value("relu6", Tensor::relu6, 7, 6),
        new Value("relu6", Tensor::relu6, 5.5, 5.5),
        new Value("relu6", Tensor::relu6, -5.5, 0),
        new Value("leakyRelu(0.1)", x -> x.leakyRelu(0.1), -3, -0.3),
        new Value("leakyRelu(0.1)", x -> x.leakyRelu(0.1), 3, 3),
        new Value("leakyRelu(0.1)", x -> x.leakyRelu(0.1), NAN, NAN),
        new Value("elu(2)", x -> x.elu(2), -1, -1.2642411176571153),
        new Value("elu(2)", x -> x.elu(2), 3, 3),
        new Value("silu", Tensor::silu, 1, 0.7310585786300049),
        new Value("gelu", Tensor::gelu, 1, 0.8413447460685429),
        new Value("gelu", Tensor::gelu, -0.5, -0.15426876936299344),
        new Value("geluTanh", Tensor::geluTanh, 1, 0.8411919906082768),
        new Value("erf", Tensor::erf, 0.5, 0.5204998778130465),
        new Value("erf", Tensor::erf, NAN, NAN),
        new Value("clamp(-1, INF)", x -> x.clamp(-1, INF), 1e300, 1e300),
        new Value("clamp(-1, 1)", x -> x.clamp(-1, 1), NAN, NAN),
        new Value("maximum(0)", x -> x.maximum(0), NAN, NAN),
        new Value("minimum(0)", x -> x.minimum(0), NAN, NAN),
        new Value("pow(0)", x -> x.pow(0), 0, 1),
        new Value("pow(0.5)", x -> x.pow(0.5), 2, 1.4142135623730951),
        new Value("pow(-1)", x -> x.pow(-1), 0, INF),
        new Value("pow(0.5)", x -> x.pow(0.5), -2, NAN),
        new Value("sign", Tensor::sign, -7, -1),
        new Value("sign", Tensor::sign, 0, 0),
        new Value("sign", Tensor::sign, NAN, NAN),
        new Value("floor", Tensor::floor, -1.5, -2),
        new Value("ceil", Tensor::ceil, -1.5, -1),
        new Value("round", Tensor::round, 0.5, 0),
        new Value("round", Tensor::round, 1.5, 2),
        new Value("round", Tensor::round, -2.5, -2),
        new Value("round", Tensor::round, 2.4, 2));
  }

  @ParameterizedTest
  @MethodSource("values")
  void functionsGiveTheValuesOfTheTables(Value value) {
    double y = value.f.apply(Tensor.scalar(value.x)).item();
    double rounded = value.f.apply(Tensor.scalar((float) value.x)).item();

    if (Double.isNaN(value.y) || Double.isInfinite(value.y)) {
      assertThat(y).isEqualTo(Double.valueOf(value.y));
      assertThat(rounded).isEqualTo(Double.valueOf(value.y));
    } else {
      assertThat(y).isCloseTo(value.y, within(4e-16 * Math.abs(value.y)));
      double range = Math.abs(value.y) > Float.MAX_VALUE ? INF : Math.abs(value.y);
      assertThat(rounded).isCloseTo((float) value.y, within(4e-7 * range + Float.MIN_VALUE));
    }
  }

  @Test
  void quotientsByZeroAreInfiniteUnlessAskedOtherwise() {
    Tensor x = Tensor.of(0.0, 1.0, -1.0, 6.0);
    Tensor y = Tensor.of(0.0, 0.0, 0.0, 3.0);

    assertThat(x.div(y).toDoubles()).containsExactly(NAN, INF, -INF, 2);
    assertThat(x.divNoNan(y).toDoubles()).containsExactly(0, 0, 0, 2);
  }

  @Test
  void conversionsTruncateTowardZeroAndStopAtTheEndsOfTheRange() {
    Tensor x = Tensor.of(-1.7, 2.9, 1e20, NAN);

    assertThat(x.to(DType.I32).toInts()).containsExactly(-1, 2, Integer.MAX_VALUE, 0);
    assertThat(x.to(DType.I64).toLongs()).containsExactly(-1, 2, Long.MAX_VALUE, 0);
    assertThat(x.to(DType.F32).toFloats()).containsExactly(-1.7f, 2.9f, 1e20f, Float.NaN);
    assertThat(x.to(DType.F32).to(DType.F64).toDoubles()).containsExactly(-1.7f, 2.9f, 1e20f, NAN);
    assertThat(Tensor.of(0.0, -0.0, 0.1, NAN).to(DType.BOOL).toBooleans())
        .containsExactly(false, false, true, true);
    assertThat(Tensor.of(true, false).to(DType.F32).toFloats()).containsExactly(1, 0);
    assertThat(Tensor.of(true, false).to(DType.F64).toDoubles()).containsExactly(1, 0);
    assertThat(Tensor.of(true, false).to(DType.I64).toLongs()).containsExactly(1, 0);
    assertThat(Tensor.of(3, -4).to(DType.F32).toFloats()).containsExactly(3, -4);
    assertThat(Tensor.of(3L, -4L).to(DType.I32).toInts()).containsExactly(3, -4);
  }

  @Test
  void convertingToTheOwnDtypeIsTheTensorItself() {
    assertThat(X.to(DType.F64)).isSameAs(X);
  }

  @Test
  void stoppingTheGradientKeepsTheValues() {
    assertThat(X.stopGradient().sameAs(X)).isTrue();
    assertThat(Tensor.of(1, 2).stopGradient().toInts()).containsExactly(1, 2);
  }
}
