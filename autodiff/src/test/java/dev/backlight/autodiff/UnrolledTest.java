package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import org.junit.jupiter.api.Test;

class UnrolledTest {
  private static final Tensor X =
      Tensor.of(Shape.of(4, 2), 0.3, -0.2, 0.9, 1.1, -0.7, 0.4, 0.1, -1.3);
  private static final Tensor W = Tensor.of(0.8, -0.6);

  private static Tensor recurrence(Tensor xs, boolean backwards) {
    Tensor start = Tensor.zeros(Shape.of(2), xs.dtype());
    Scanned<Tensor, Tensor> scanned =
        backwards
            ? Tape.scanBackwards((h, x) -> step(h, x), start, xs)
            : Tape.scan((h, x) -> step(h, x), start, xs);
    return scanned.out().mul(2).add(scanned.carry());
  }

  private static Scanned<Tensor, Tensor> step(Tensor h, Tensor x) {
    Tensor next = h.mul(W).add(x).tanh().named("state");
    return new Scanned<>(next, next.square());
  }

  private static void assertFlatAndAlike(Tape<Tensor, Tensor> tape, Tensor x) {
    Tape<Tensor, Tensor> flat = tape.unrolled();

    assertThat(tape.nodes()).anyMatch(node -> node.op() instanceof Op.Nested);
    assertThat(flat.nodes()).noneMatch(node -> node.op() instanceof Op.Nested);
    assertThat(flat.run(x).sameAs(tape.run(x))).isTrue();
  }

  @Test
  void scansInBothDirectionsAreWrittenOutWithTheSameBits() {
    assertFlatAndAlike(Tape.record(xs -> recurrence(xs, false), X), X.mul(0.7));
    assertFlatAndAlike(Tape.record(xs -> recurrence(xs, true), X), X.mul(0.7));
  }

  @Test
  void stepsKeepTheirLabels() {
    Tape<Tensor, Tensor> flat = Tape.record(xs -> recurrence(xs, false), X).unrolled();

    assertThat(flat.nodes()).filteredOn(node -> "state".equals(node.label())).hasSize(4);
  }

  @Test
  void gradientsOfScansAreScansToo() {
    Tape<Tensor, Tensor> gradient =
        Tape.record((Tensor xs) -> recurrence(xs, false).sum(), X).gradient();

    assertFlatAndAlike(gradient, X.mul(0.7));
  }

  @Test
  void aScanOfNothingAnswersItsStart() {
    Tensor none = Tensor.zeros(Shape.of(0, 2), X.dtype());

    assertFlatAndAlike(Tape.record(xs -> recurrence(xs, false), none), none);
  }

  @Test
  void callsAreInPlaceAndScansWithinThem() {
    assertFlatAndAlike(
        Tape.record(x -> Tape.call(y -> recurrence(y, false), x.mul(2)).sum(), X), X);
  }

  @Test
  void aTapeForSomeInputsOnlyIsRefused() {
    Tape<Tensor, Tensor> guarded = Tape.record(x -> x.sum().test(s -> s > 0) ? x : x.neg(), X);

    assertThatThrownBy(guarded::unrolled)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "a tape that is unrolled needs to hold for all inputs, got one that is GUARDED:"
                + " test(...) answered true at UnrolledTest.java:");
  }
}
