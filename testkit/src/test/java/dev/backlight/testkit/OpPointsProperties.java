package dev.backlight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.OpCheckFailure;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Abs;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.MatMul;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// The battery in one line, for ops of the engine and for one of a user.
class OpPointsProperties {
  // @start region="battery"
  record Softsign() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      Tensor d = x.abs().add(1);
      return d.mul(d).reciprocal();
    }
  }

  @Provide
  Arbitrary<OpPoint> softsign() {
    return OpPoints.away(OpPoints.elementwise(new Softsign(), -5, 5), .1, 0); // x = 0 is a kink
  }

  @Property(tries = 20)
  void softsignPassesTheBattery(@ForAll("softsign") OpPoint point) {
    point.check();
  }

  // @end

  @Provide
  Arbitrary<OpPoint> quotients() {
    return OpPoints.away(OpPoints.pairwise(new Div(), -3, 3), .5, 0);
  }

  @Property(tries = 20, seed = "3")
  void quotientsPassTheBattery(@ForAll("quotients") OpPoint point) {
    point.check();
  }

  @Provide
  Arbitrary<OpPoint> products() {
    return OpPoints.of(new MatMul(false, true), -2, 2, Shape.of(2, 3), Shape.of(1, 3));
  }

  @Property(tries = 10, seed = "4")
  void productsPassTheBattery(@ForAll("products") OpPoint point) {
    assertThat(point.outputs().getFirst().shape()).isEqualTo(Shape.of(2, 1));
    point.check();
  }

  @Provide
  Arbitrary<OpPoint> absolutes() {
    return OpPoints.away(OpPoints.elementwise(new Abs(), -2, 2), .25, 0);
  }

  @Property(tries = 50, seed = "5")
  void pointsStayAwayFromTheirPlaces(@ForAll("absolutes") OpPoint point) {
    for (double x : point.inputs().getFirst().toDoubles()) {
      assertThat(Math.abs(x)).isBetween(.25, 2.0);
    }
  }

  /// Forgets the factor 2 x.
  record WrongSquare() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x * x;
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      return x;
    }
  }

  @Provide
  Arbitrary<OpPoint> wrong() {
    return OpPoints.of(new WrongSquare(), .5, 2, Shape.of(2));
  }

  @Property(tries = 5, seed = "6")
  void aWrongRuleIsCaught(@ForAll("wrong") OpPoint point) {
    assertThatThrownBy(point::check)
        .isInstanceOf(OpCheckFailure.class)
        .hasMessageContaining("derivatives");
  }
}
