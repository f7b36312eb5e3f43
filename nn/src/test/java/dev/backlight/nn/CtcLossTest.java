package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CtcLossTest {
  static List<Parity.Case> cases() {
    return Parity.cases("ctc");
  }

  private static Tensor whole(Tensor t) {
    return t.to(DType.I32);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfPyTorch(Parity.Case each) {
    each.check(in -> {
      Tensor labels = whole(in.get(1));
      Tensor moments = whole(in.get(2));
      Tensor lengths = whole(in.get(3));
      boolean mean = each.name().matches("ctc/(mean|long)");
      return List.of(
          mean
              ? CtcLoss.mean(in.get(0), labels, moments, lengths)
              : CtcLoss.each(in.get(0), labels, moments, lengths));
    });
  }

  @Test
  void itIsTheSumOverAllPathsWrittenOut() {
    Tensor logits = Key.of(3).normal(Shape.of(1, 5, 3), DType.F64);
    double[] p = logits.softmax(2).toDoubles();
    double sum = 0;
    for (int path = 0; path < 243; path++) {
      List<Integer> said = new ArrayList<>();
      double likely = 1;
      int before = 0;
      for (int t = 0, rest = path; t < 5; t++, rest /= 3) {
        int now = rest % 3;
        likely *= p[3 * t + now];
        if (now != 0 && now != before) {
          said.add(now);
        }
        before = now;
      }
      sum += said.equals(List.of(2, 2)) ? likely : 0;
    }
    Tensor loss = CtcLoss.each(logits, ints(2, 2).reshape(1, 2), ints(5), ints(2));
    assertThat(loss.at(0)).isCloseTo(-Math.log(sum), within(1e-12));
  }

  @Test
  void whatCannotBeSaidIsInfinitelyUnlikelyAndMovesNothing() {
    Tensor logits = Key.of(3).normal(Shape.of(1, 4, 3), DType.F32);
    Tensor labels = ints(1, 1, 1).reshape(1, 3);
    var slope = Grad.of((Tensor x) -> CtcLoss.each(x, labels, ints(4), ints(3)).sum(), logits);
    assertThat(slope.value().item()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(slope.grad().toDoubles()).containsOnly(0);
  }

  @Test
  void aTapeHoldsForOtherLabels() {
    List<Tensor> first = point(1, ints(1, 2, 2, 0), ints(6, 5), ints(2, 1));
    List<Tensor> second = point(2, ints(2, 2, 1, 1), ints(4, 6), ints(1, 2));
    Tensor replayed = Tape.record(CtcLossTest::mean, first).player().play(second);
    assertThat(replayed.sameAs(mean(second))).isTrue();
  }

  private static List<Tensor> point(int seed, Tensor labels, Tensor moments, Tensor lengths) {
    Tensor logits = Key.of(seed).normal(Shape.of(2, 6, 3), DType.F32);
    return List.of(logits, labels.reshape(2, 2), moments, lengths);
  }

  private static Tensor mean(List<Tensor> t) {
    return CtcLoss.mean(t.get(0), t.get(1), t.get(2), t.get(3));
  }

  @Test
  void errorsSayWhatWasNeeded() {
    Tensor x = Tensor.zeros(Shape.of(2, 3, 4), DType.F32);
    Tensor labels = ints(1, 2, 3, 0).reshape(2, 2);
    assertThatThrownBy(() -> CtcLoss.mean(x, labels, ints(3), ints(1, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "ctc needs logits (n, moments, classes), labels (n, most), moments (n) and lengths (n),"
                + " got (2, 3, 4), (2, 2), (1) and (2)");
    assertThatThrownBy(() -> CtcLoss.mean(x, labels.to(DType.I64), ints(3, 3), ints(1, 1)))
        .isInstanceOf(DTypeException.class)
        .hasMessage(
            "ctc needs logits of F32 or F64 and the others of I32, got F32, I64, I32 and I32");
    assertThatThrownBy(() -> CtcLoss.mean(x, labels, ints(3, 4), ints(1, 1)))
        .hasMessage("ctc needs moments from 1 to 3, got 4 at 1");
    assertThatThrownBy(() -> CtcLoss.mean(x, labels, ints(3, 3), ints(1, 3)))
        .hasMessage("ctc needs lengths from 0 to 2, got 3 at 1");
    assertThatThrownBy(() -> CtcLoss.mean(x, labels, ints(3, 3), ints(1, 2)))
        .hasMessage("ctc needs labels from 1 to 3, got 0 at 3");
    assertThat(CtcLoss.mean(x, labels, ints(3, 3), ints(1, 1)).item()).isPositive();
  }

  private static Tensor ints(int... values) {
    return Tensor.of(values);
  }
}
