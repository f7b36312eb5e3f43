package dev.backlight.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.op.Erf;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The functions of one `double` against sixty digits.
class DoubleAccuracyTest {
  private static final MathContext DIGITS = new MathContext(60);
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  /// A function, what it ought to be, where to ask, and the ulps that it must stay below.
  record Case(
      String name,
      DoubleUnaryOperator f,
      UnaryOperator<BigDecimal> truth,
      double from,
      double to,
      double ulps) {
    @Override
    public String toString() {
      return name + " in " + from + ".." + to;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("exp", TranscendentalsF64::exp, DoubleAccuracyTest::exp, -700, 709, 1),
        new Case("exp", TranscendentalsF64::exp, DoubleAccuracyTest::exp, -1, 1, 1),
        new Case("log", TranscendentalsF64::log, DoubleAccuracyTest::log, 0.01, 5, 1),
        new Case("log", TranscendentalsF64::log, DoubleAccuracyTest::log, 1, 1e6, 1),
        new Case("tanh", TranscendentalsF64::tanh, DoubleAccuracyTest::tanh, -20, 20, 1.5),
        new Case("tanh", TranscendentalsF64::tanh, DoubleAccuracyTest::tanh, -1, 1, 1.5),
        new Case("sigmoid", TranscendentalsF64::sigmoid, DoubleAccuracyTest::sigmoid, -4, 4, 1.5),
        new Case(
            "sigmoid", TranscendentalsF64::sigmoid, DoubleAccuracyTest::sigmoid, -700, 40, 1.5),
        new Case("erf", new Erf()::f, DoubleAccuracyTest::erf, -6, 6, 1.5),
        new Case("erf", new Erf()::f, DoubleAccuracyTest::erf, -0.2, 0.2, 1.5));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRightToTheUlpsThatTheDocumentationSays(Case function) {
    SplittableRandom random = new SplittableRandom(7);
    double worst = 0;
    double at = 0;
    for (int i = 0; i < 400; i++) {
      double x = random.nextDouble(function.from(), function.to());
      double got = function.f().applyAsDouble(x);
      BigDecimal truth = function.truth().apply(new BigDecimal(x));
      BigDecimal off = new BigDecimal(got).subtract(truth).abs();
      double error =
          off.divide(new BigDecimal(Math.ulp(truth.doubleValue())), DIGITS).doubleValue();
      if (error > worst) {
        worst = error;
        at = x;
      }
    }
    assertThat(worst).as("ulps of %s, the most at %s", function, at).isLessThan(function.ulps());
  }

  /// Taylor's series near 0, then squared.
  private static BigDecimal exp(BigDecimal x) {
    int halvings = 14;
    BigDecimal small = x.divide(TWO.pow(halvings), DIGITS);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int n = 1; n < 40; n++) {
      term = term.multiply(small, DIGITS).divide(BigDecimal.valueOf(n), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return sum;
  }

  /// Newton's method on the exponential.
  private static BigDecimal log(BigDecimal x) {
    BigDecimal y = new BigDecimal(Math.log(x.doubleValue()));
    for (int i = 0; i < 2; i++) {
      BigDecimal e = exp(y);
      y = y.add(TWO.multiply(x.subtract(e)).divide(x.add(e), DIGITS), DIGITS);
    }
    return y;
  }

  private static BigDecimal tanh(BigDecimal x) {
    BigDecimal e = exp(x.multiply(TWO));
    return e.subtract(BigDecimal.ONE).divide(e.add(BigDecimal.ONE), DIGITS);
  }

  private static BigDecimal sigmoid(BigDecimal x) {
    return BigDecimal.ONE.divide(BigDecimal.ONE.add(exp(x.negate())), DIGITS);
  }

  /// Abramowitz and Stegun 7.1.6, which has only positive terms.
  private static BigDecimal erf(BigDecimal x) {
    BigDecimal square = x.multiply(x, DIGITS);
    BigDecimal term = x;
    BigDecimal sum = x;
    for (int n = 1; n < 250; n++) {
      term =
          term.multiply(TWO.multiply(square), DIGITS).divide(BigDecimal.valueOf(2 * n + 1), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    BigDecimal pi = new BigDecimal("3.14159265358979323846264338327950288419716939937510582097494");
    return TWO.multiply(exp(square.negate())).multiply(sum).divide(pi.sqrt(DIGITS), DIGITS);
  }
}
