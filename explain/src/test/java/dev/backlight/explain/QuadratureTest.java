package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class QuadratureTest {
  private static double integral(Quadrature.Fixed rule, DoubleUnaryOperator f) {
    double sum = 0;
    for (int k = 0; k < rule.nodes().length; k++) {
      sum += rule.weights()[k] * f.applyAsDouble(rule.nodes()[k]);
    }
    return sum;
  }

  @Test
  void gaussLegendreIntegratesPolynomialsOfDegreeTwiceItsNodesLessOne() {
    for (int n = 1; n <= 40; n++) {
      int degree = 2 * n - 1;
      assertThat(integral(Quadrature.gaussLegendre(n), a -> Math.pow(a, degree)))
          .isCloseTo(1. / (degree + 1), within(1e-15));
    }
    double missed = integral(Quadrature.gaussLegendre(3), a -> Math.pow(a, 6)) - 1. / 7;
    assertThat(Math.abs(missed)).isGreaterThan(1e-5);
  }

  @Test
  void nodesAscendAndWeightsAddUpToOne() {
    for (Quadrature.Fixed rule :
        new Quadrature.Fixed[] {
          Quadrature.gaussLegendre(101),
          Quadrature.trapezoid(7),
          Quadrature.midpoint(7),
          Quadrature.left(7),
          Quadrature.right(7)
        }) {
      assertThat(rule.nodes()).isSorted();
      assertThat(integral(rule, _ -> 1)).as(rule.toString()).isCloseTo(1, within(1e-14));
    }
  }

  @Test
  void theSimpleRulesHaveTheNodesOfTheirNames() {
    assertThat(Quadrature.trapezoid(3).nodes()).containsExactly(0, .5, 1);
    assertThat(Quadrature.trapezoid(3).weights()).containsExactly(.25, .5, .25);
    assertThat(Quadrature.midpoint(2).nodes()).containsExactly(.25, .75);
    assertThat(Quadrature.left(2).nodes()).containsExactly(0, .5);
    assertThat(Quadrature.right(2).nodes()).containsExactly(.5, 1);
  }

  @Test
  void aRuleSaysHowManyNodesItNeeds() {
    assertThatThrownBy(() -> Quadrature.gaussLegendre(0))
        .hasMessage("a Gauss-Legendre rule needs at least 1 node, got 0");
    assertThatThrownBy(() -> Quadrature.trapezoid(1))
        .hasMessage("a trapezoidal rule needs at least 2 nodes, got 1");
    assertThatThrownBy(() -> Quadrature.adaptive(0))
        .hasMessage("a tolerance needs to be greater than 0, got 0.0");
    assertThatThrownBy(() -> new Quadrature.Fixed("own", new double[] {0}, new double[0]))
        .hasMessage(
            "a quadrature needs as many weights as nodes and at least 1, got 1 nodes and 0 weights");
  }
}
