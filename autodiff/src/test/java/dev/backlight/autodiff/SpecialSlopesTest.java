package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Derivatives of special functions and activations where formulas overflow, underflow or cancel.
class SpecialSlopesTest {
  private static double derivative(UnaryOperator<Tensor> f, int order, double x) {
    Tensor at = Tensor.of(x);
    Tape<Tensor, Tensor> tape = Tape.record(v -> f.apply(v).sum(), at);
    for (int k = 1; k < order; k++) {
      Tape<Tensor, Tensor> before = tape;
      tape = Tape.record(v -> before.gradient().run(v).sum(), at);
    }
    return tape.gradient().run(at).at(0);
  }

  private static void is(double got, double want) {
    assertThat(got).isCloseTo(want, within(1e-13 * Math.max(1e-30, Math.abs(want))));
  }

  @Test
  void theSecondDerivativeOfSoftplusHasNoThreshold() {
    // e⁻²⁵ / (1 + e⁻²⁵)², by mpmath
    is(derivative(Tensor::softplus, 2, 25), 1.3887943864578271e-11);
    is(derivative(Tensor::softplus, 2, -25), 1.3887943864578271e-11);
  }

  @Test
  void derivativesOfSincAtZeroAreThoseOfItsSeries() {
    double pi = Math.PI;
    is(derivative(Tensor::sinc, 1, 0), 0);
    is(derivative(Tensor::sinc, 2, 0), -pi * pi / 3);
    is(derivative(Tensor::sinc, 3, 0), 0);
    is(derivative(Tensor::sinc, 4, 0), Math.pow(pi, 4) / 5);
    is(derivative(Tensor::sinc, 6, 0), -Math.pow(pi, 6) / 7);
  }

  @Test
  void farInTheTailNothingCancels() {
    // mpmath: the derivatives of log(ncdf(x)) at -1000, of erfcx at 1e4
    is(derivative(Tensor::logNdtr, 1, -1000), 1000.0009999980000);
    is(derivative(Tensor::erfcx, 1, 1e4), -5.6418957508491275e-9);
    is(derivative(Tensor::erfcx, 2, 1e4), 1.1283791332441388e-12);
    is(derivative(Tensor::asinh, 1, 1e200), 1e-200);
    is(derivative(x -> x.hypot(1), 1, 1e200), 1);
    is(derivative(x -> x.atan2(Tensor.of(1e-200)), 1, 0), 1e200);
    is(derivative(x -> x.atan2(Tensor.of(1e200)), 1, 1e200), 5e-201);
    is(derivative(Tensor::acosh, 1, 1e200), 1e-200);
    is(derivative(x -> x.polygamma(3), 1, 1e-20), -24e100);
    is(derivative(x -> x.logAddExp(Tensor.of(0.)), 2, 40), Math.exp(-40));
  }

  private static Arguments of(String name, UnaryOperator<Tensor> f, double left, double right) {
    return Arguments.of(name, f, left, right);
  }

  static Stream<Arguments> limits() {
    return Stream.of(
        of("atan", Tensor::atan, 1 / 1000001., 1 / 1000001.),
        of("asinh", Tensor::asinh, 1 / Math.sqrt(1000001), 1 / Math.sqrt(1000001)),
        of("erfc", Tensor::erfc, 0, 0),
        of("ndtr", Tensor::ndtr, 0, 0),
        of("softplus", Tensor::softplus, 0, 1),
        of("logSigmoid", Tensor::logSigmoid, 1, 0),
        of("mish", Tensor::mish, 0, 1),
        of("silu", Tensor::silu, 0, 1),
        of("softsign", Tensor::softsign, 1 / 1002001., 1 / 1002001.),
        of("selu", Tensor::selu, 0, 1.0507009873554805),
        of("celu", x -> x.celu(.5), 0, 1),
        of("elu", x -> x.elu(-2), 0, 1),
        of("leakyRelu", x -> x.leakyRelu(-2), -2, 1),
        of("hardSigmoid", Tensor::hardSigmoid, 0, 0),
        of("hardSwish", Tensor::hardSwish, 0, 1),
        of("hardTanh", Tensor::hardTanh, 0, 0),
        of("softShrink", x -> x.softShrink(1), 1, 1),
        of("hardShrink", x -> x.hardShrink(1), 1, 1),
        of("tanhShrink", Tensor::tanhShrink, 1, 1),
        of("threshold", x -> x.threshold(1, 7), 0, 1),
        of("exp2", x -> x.mul(-1).abs().mul(-2).exp2(), 0, 0),
        of("logAddExp", x -> x.logAddExp(x.neg()), -1, 1),
        of("cbrt", Tensor::cbrt, 1 / 300., 1 / 300.),
        of("frac", Tensor::frac, 1, 1),
        of("remainder", x -> x.remainder(3), 1, 1));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void slopesAtAThousandAreTheirLimits(
      String name, UnaryOperator<Tensor> f, double left, double right) {
    for (DType dtype : new DType[] {DType.F64, DType.F32}) {
      Tensor x = Tensor.of(-1000.0, 1000).to(dtype);
      double[] slope = Tape.record((Tensor v) -> f.apply(v).sum(), x).gradient().run(x).toDoubles();
      double tolerance = dtype == DType.F64 ? 1e-13 : 1e-6;
      assertThat(slope[0]).as(name).isCloseTo(left, within(tolerance * Math.abs(left)));
      assertThat(slope[1]).as(name).isCloseTo(right, within(tolerance * Math.abs(right)));
    }
  }
}
