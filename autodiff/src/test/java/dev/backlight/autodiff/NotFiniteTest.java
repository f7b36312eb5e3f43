package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

/// A checked play names the op, the line and the inputs of the first NaN or infinity.
class NotFiniteTest {
  @Test
  void theFirstInfinityIsNamedWithItsLine() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> x.log().mul(0).sum(), Tensor.of(Shape.of(2, 2), 1., 2, 3, 4));
    var player = tape.player().checked();
    assertThat(player.play(Tensor.of(Shape.of(2, 2), 1., 2, 3, 4)).item()).isEqualTo(0);
    assertThatThrownBy(() -> player.play(Tensor.of(Shape.of(2, 2), 1., 2, 0, 4)))
        .isInstanceOf(NotFinite.class)
        .hasMessage(
            "log at NotFiniteTest.java:15 made -Infinity at [1, 0], from (2, 2) in [0.0, 4.0]");
  }

  @Test
  void aNaNOfTheDerivativeNamesTheOpThatWasCrossed() {
    Tape<Tensor, Tensor> root = Tape.record(x -> x.mul(x).sqrt().sum(), Tensor.of(1., 2));
    assertThat(root.run(Tensor.of(0., 1)).item()).isEqualTo(1);
    assertThatThrownBy(() -> root.gradient().player().checked().play(Tensor.of(0., 1)))
        .isInstanceOf(NotFinite.class)
        .hasMessage(
            "in the derivative of sqrt at NotFiniteTest.java:26: reciprocal made Infinity at [0],"
                + " from (2) in [0.0, 2.0]");
  }

  @Test
  void anInfinityThatEntersOnPurposeIsNoFault() {
    Tensor mask = Tensor.of(0., Double.NEGATIVE_INFINITY, 0);
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.add(mask).softmax(0), Tensor.of(1., 2, 3));
    assertThat(tape.player().checked().play(Tensor.of(1., 2, 1)).toDoubles())
        .containsExactly(.5, 0, .5);
  }

  @Test
  void anInfinityThatBecomesNaNIsAFault() {
    Tensor mask = Tensor.of(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> x.add(mask).softmax(0).named("weights"), Tensor.of(1., 2));
    assertThatThrownBy(() -> tape.player().checked().play(Tensor.of(1., 2)))
        .hasMessage(
            "weights (softmax) at NotFiniteTest.java:47 made NaN at [0], from (2) in [-Infinity,"
                + " -Infinity]");
  }

  @Test
  void withoutCheckingThePlayGoesOn() {
    Tape<Tensor, Tensor> tape = Tape.record(Tensor::log, Tensor.of(1.));
    assertThat(tape.player().play(Tensor.of(-1.)).item()).isNaN();
  }
}
