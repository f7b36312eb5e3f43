package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.op.Erfcx;
import dev.backlight.core.op.Polygamma;
import dev.backlight.core.op.Sinc;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Special functions and activations at infinities, NaN, zeros and ±1000, and by their identities.
class TensorSpecialEdgesTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;
  private static final double[] ALL = {-INF, -1000, -0.0, 0, 1000, INF};

  private static Arguments one(String name, UnaryOperator<Tensor> f, double... want) {
    return Arguments.of(name, f, want);
  }

  /// At -∞, -1000, -0, 0, 1000 and ∞: limits of the definition.
  static Stream<Arguments> limits() {
    double half = Math.PI / 2;
    return Stream.of(
        one("asin", Tensor::asin, NAN, NAN, -0.0, 0, NAN, NAN),
        one("acos", Tensor::acos, NAN, NAN, half, half, NAN, NAN),
        one("atan", Tensor::atan, -half, Math.atan(-1000), -0.0, 0, Math.atan(1000), half),
        one("sinh", Tensor::sinh, -INF, -INF, -0.0, 0, INF, INF),
        one("cosh", Tensor::cosh, INF, INF, 1, 1, INF, INF),
        one("asinh", Tensor::asinh, -INF, -7.600902709541988, -0.0, 0, 7.600902709541988, INF),
        one("acosh", Tensor::acosh, NAN, NAN, NAN, NAN, 7.6009022095419886, INF),
        one("atanh", Tensor::atanh, NAN, NAN, -0.0, 0, NAN, NAN),
        one("exp2", Tensor::exp2, 0, 0x1p-1000, 1, 1, 0x1p1000, INF),
        one("log2", Tensor::log2, NAN, NAN, -INF, -INF, 9.965784284662087, INF),
        one("log10", Tensor::log10, NAN, NAN, -INF, -INF, 3, INF),
        one("cbrt", Tensor::cbrt, -INF, -10, -0.0, 0, 10, INF),
        one("logit", Tensor::logit, NAN, NAN, -INF, -INF, NAN, NAN),
        one("entr", Tensor::entr, NAN, NAN, 0, 0, -6907.755278982137, -INF),
        one("trunc", x -> x.mul(1.0005).trunc(), -INF, -1000, -0.0, 0, 1000, INF),
        one("frac", Tensor::frac, NAN, 0, 0, 0, 0, NAN),
        one("lgamma", Tensor::lgamma, INF, INF, INF, INF, 5905.220423209181, INF),
        one("digamma", Tensor::digamma, NAN, NAN, NAN, NAN, 6.907255195648812, INF),
        one("polygamma(1)", x -> x.polygamma(1), INF, INF, INF, INF, 1.0005001666666334e-3, 0),
        one("erfc", Tensor::erfc, 2, 2, 1, 1, 0, 0),
        one("erfcx", Tensor::erfcx, INF, INF, 1, 1, 5.641893014533876e-4, 0),
        one("erfinv", Tensor::erfinv, NAN, NAN, -0.0, 0, NAN, NAN),
        one("ndtr", Tensor::ndtr, 0, 0, 0.5, 0.5, 1, 1),
        one(
            "logNdtr",
            Tensor::logNdtr,
            -INF,
            -500007.8266948122,
            -0.6931471805599453,
            -0.6931471805599453,
            0,
            0),
        one("sinc", Tensor::sinc, 0, 0, 1, 1, 0, 0),
        one("softsign", Tensor::softsign, -1, -1000 / 1001., -0.0, 0, 1000 / 1001., 1),
        one(
            "selu",
            Tensor::selu,
            -1.7580993408473766,
            -1.7580993408473766,
            -0.0,
            0,
            1050.7009873554804,
            INF),
        one("celu", x -> x.celu(2), -2, -2, -0.0, 0, 1000, INF),
        one("mish", Tensor::mish, NAN, 0, 0, 0, 1000, INF),
        one("hardSigmoid", Tensor::hardSigmoid, 0, 0, 0.5, 0.5, 1, 1),
        one("hardSwish", Tensor::hardSwish, NAN, 0, 0, 0, 1000, INF),
        one("hardTanh", Tensor::hardTanh, -1, -1, -0.0, 0, 1, 1),
        one("softShrink", x -> x.softShrink(.5), -INF, -999.5, 0, 0, 999.5, INF),
        one("hardShrink", x -> x.hardShrink(.5), -INF, -1000, 0, 0, 1000, INF),
        one("tanhShrink", Tensor::tanhShrink, -INF, -999, 0, 0, 999, INF),
        one("threshold", x -> x.threshold(1, 7), 7, 7, 7, 7, 1000, INF),
        one("squareplus", x -> x.squareplus(4), 0, 9.99999000002e-4, 1, 1, 1000.000999999, INF),
        one(
            "logSigmoid",
            Tensor::logSigmoid,
            -INF,
            -1000,
            -0.6931471805599453,
            -0.6931471805599453,
            0,
            0),
        one("softplus", Tensor::softplus, 0, 0, 0.6931471805599453, 0.6931471805599453, 1000, INF));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void limitsAreThoseOfTheDefinition(String name, UnaryOperator<Tensor> f, double... want) {
    double[] got = f.apply(Tensor.of(ALL)).toDoubles();
    float[] single = f.apply(Tensor.of(ALL).to(DType.F32)).toFloats();
    for (int i = 0; i < want.length; i++) {
      double x = ALL[i];
      assertThat(near(got[i], want[i], 1e-14)).as(name + " at " + x + " is " + got[i]).isTrue();
      boolean fits = Math.abs(want[i]) < 1e38 || Math.abs(want[i]) == INF || Double.isNaN(want[i]);
      assertThat(!fits || near(single[i], want[i], 1e-6))
          .as(name + " at " + x + " in F32 is " + single[i])
          .isTrue();
    }
    assertThat(f.apply(Tensor.of(NAN)).toDoubles()).as(name + " of NaN").containsExactly(NAN);
    assertThat(f.apply(Tensor.zeros(2, 0)).shape()).isEqualTo(Shape.of(2, 0));
    assertThat(f.apply(Tensor.full(Shape.SCALAR, DType.F64, .5)).shape()).isEqualTo(Shape.SCALAR);
    if (!name.equals("threshold")) { // of comparisons and a choice, so integers do
      assertThatThrownBy(() -> f.apply(Tensor.of(1, 2)))
          .isInstanceOf(DTypeException.class)
          .hasMessageMatching(".* needs (F32 or F64, got I32|a number of that type, got .*)");
    }
  }

  private static boolean near(double got, double want, double tolerance) {
    boolean same = Double.compare(got + 0.0, want + 0.0) == 0;
    return same || Math.abs(got - want) <= tolerance * Math.max(1e-30, Math.abs(want));
  }

  @Test
  void pairsAtTheirEdges() {
    Tensor x = Tensor.of(1e300, 3e-324, INF, -INF, 0.0, -0.0);
    Tensor y = Tensor.of(1e300, 4e-324, 1, NAN, 0.0, -1);
    assertThat(x.hypot(y).toDoubles())
        .containsExactly(Math.sqrt(2) * 1e300, Math.hypot(3e-324, 4e-324), INF, INF, 0, 1);
    assertThat(x.atan2(y).toDoubles())
        .containsExactly(Math.PI / 4, Math.atan2(3e-324, 4e-324), Math.PI / 2, NAN, 0, -Math.PI);
    assertThat(
            Tensor.of(INF, -INF, INF, 1000, 1e-300, NAN)
                .logAddExp(Tensor.of(-INF, -INF, INF, 1000, -1000, 0))
                .toDoubles())
        .containsExactly(INF, -INF, INF, 1000 + Math.log(2), 1e-300, NAN);
    assertThat(Tensor.of(0., 0, 0, 0, 2, NAN).xlogy(Tensor.of(0., INF, -1, NAN, -1, 1)).toDoubles())
        .containsExactly(0, 0, 0, NAN, NAN, NAN);
    assertThat(
            Tensor.of(0., 0, 0, 0, 2, NAN)
                .xlog1py(Tensor.of(-1., INF, -2, NAN, 1e-300, 1))
                .toDoubles())
        .containsExactly(0, 0, 0, NAN, 2e-300, NAN);
    assertThat(Tensor.of(2., -2, 0, NAN).copysign(Tensor.of(-0.0, 3, -1, 1)).toDoubles())
        .containsExactly(-2, 2, -0.0, NAN);
  }

  @Test
  void remaindersHaveTheSignOfPythonAndOfJava() {
    // Python 3: [x % y for x, y], [math.fmod(x, y) for x, y], [x // y for x, y]
    Tensor x = Tensor.of(5., -5, 5, -5, 1, -1e-20, 5, -5, 6);
    Tensor y = Tensor.of(3., 3, -3, -3, 0.1, 1, INF, INF, -3);
    assertThat(x.remainder(y).toDoubles())
        .containsExactly(2, 1, -1, -2, 0.09999999999999995, 1, 5, INF, 0);
    assertThat(x.fmod(y).toDoubles())
        .containsExactly(2, -2, 2, -2, 0.09999999999999995, -1e-20, 5, -5, 0);
    assertThat(x.floorDiv(y).add(0).toDoubles()).containsExactly(1, -2, -2, 1, 9, -1, 0, -1, -2);
    assertThat(Tensor.of(1., -1, 0).floorDiv(0).toDoubles()).containsExactly(INF, -INF, NAN);
    assertThat(Tensor.of(1e17, -1e17).floorDiv(3).toDoubles())
        .containsExactly(33333333333333332., -33333333333333332.);
  }

  @Test
  void questionsAboutNumbers() {
    Tensor x = Tensor.of(1., NAN, INF, -INF);
    assertThat(x.isNan().toBooleans()).containsExactly(false, true, false, false);
    assertThat(x.isInf().toBooleans()).containsExactly(false, false, true, true);
    assertThat(x.isFinite().toBooleans()).containsExactly(true, false, false, false);
    assertThat(x.nanToNum(7, 8, -9).toDoubles()).containsExactly(1, 7, 8, -9);
  }

  @Test
  void interpolationIsExactAtBothEnds() {
    Tensor x = Tensor.of(1, 1e10);
    Tensor y = Tensor.of(-0.5, 0.5);
    assertThat(x.lerp(y, 0).toDoubles()).containsExactly(x.toDoubles());
    assertThat(x.lerp(y, 1).toDoubles()).containsExactly(y.toDoubles());
    assertThat(x.lerp(y, Tensor.of(0.5)).toDoubles()).containsExactly(0.25, 5000000000.25);
  }

  @Test
  void identitiesHoldOverTheWholeRange() {
    double[] at = new double[4001];
    for (int i = 0; i < at.length; i++) {
      at[i] = (i - 2000) / 100.0 + 0.001;
    }
    Tensor x = Tensor.of(at);
    close(
        x.cosh().square().sub(x.sinh().square()).div(x.cosh().square()),
        x.cosh().square().reciprocal(),
        1e-15);
    close(x.sinh().asinh(), x, 1e-14);
    close(x.erfc().add(x.neg().erfc()), x.mul(0).add(2), 4e-16);
    close(x.mul(.05).erfinv().erf(), x.mul(.05).abs().lt(1).where(x.mul(.05), NAN), 1e-15);
    close(x.add(1).digamma(), x.digamma().add(x.reciprocal()), 2e-13);
    close(x.add(1).lgamma(), x.lgamma().add(x.abs().log()), 2e-13);
    close(x.exp2().log2(), x, 1e-15);
    close(x.cbrt().pow(3), x, 1e-15);
    close(x.sinc().mul(x).mul(Math.PI), x.remainder(2).mul(Math.PI).sin(), 1e-14);
    close(x.remainder(.7).add(x.floorDiv(.7).mul(.7)), x, 1e-15);
    close(x.sigmoid().logit(), x, 2e-8);
    close(x.ndtr().log(), x.logNdtr(), 1e-13);
  }

  private static void close(Tensor got, Tensor want, double tolerance) {
    double[] a = got.toDoubles();
    double[] b = want.toDoubles();
    for (int i = 0; i < a.length; i++) {
      assertThat(
              Double.isNaN(b[i])
                  ? Double.isNaN(a[i])
                  : near(a[i], b[i], 0)
                      || Math.abs(a[i] - b[i]) <= tolerance * Math.max(1, Math.abs(b[i])))
          .as("element " + i + ": needed " + b[i] + ", got " + a[i])
          .isTrue();
    }
  }

  @Test
  void gluGatesTheFirstHalf() {
    Tensor x = Tensor.of(new double[][] {{3, -1, 0, 1000}});
    assertThat(x.glu(1).toDoubles()).containsExactly(1.5, -1);
    assertThat(x.glu(-1).toDoubles()).containsExactly(1.5, -1);
    assertThatThrownBy(() -> x.glu(0))
        .isInstanceOf(ShapeException.class)
        .hasMessage("glu needs an even size along axis 0, got (1, 4)");
  }

  @Test
  void attributesThatMakeNoSenseAreRefused() {
    Tensor x = Tensor.of(1., 2);
    refused(() -> x.celu(0), "celu needs a finite alpha other than 0, got 0.0");
    refused(() -> x.squareplus(-1), "squareplus needs a finite b of at least 0, got -1.0");
    refused(() -> x.softShrink(-1), "softShrink needs a lambda of at least 0, got -1.0");
    refused(() -> x.hardShrink(NAN), "hardShrink needs a lambda of at least 0, got NaN");
    refused(() -> x.polygamma(-1), "polygamma needs an order in 0..60, got -1");
    refused(() -> new Polygamma(61), "polygamma needs an order in 0..60, got 61");
    refused(() -> new Erfcx(-1), "erfcx needs an order in 0..60, got -1");
    refused(() -> new Sinc(-1), "sinc needs an order in 0..60, got -1");
    assertThatThrownBy(() -> x.hypot(Tensor.of(1f, 2f)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("hypot needs one dtype, got F64 and F32");
    assertThatThrownBy(() -> x.atan2(Tensor.of(1., 2, 3)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("(2)")
        .hasMessageContaining("(3)");
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }
}
