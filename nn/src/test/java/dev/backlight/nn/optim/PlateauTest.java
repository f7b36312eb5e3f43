package dev.backlight.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Parity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlateauTest {
  static List<Parity.Case> cases() {
    return Parity.cases("optim").stream().filter(c -> c.name().startsWith("plateau/")).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scalesFallAsTheRatesOfPyTorch(Parity.Case each) {
    boolean usual = each.name().endsWith("usual");
    Plateau plateau = usual ? Plateau.of(0.5, 1) : new Plateau(0.1, 0, 0.1, 0.05);
    each.check(in -> List.of(scales(Sgd.of(1).reducing(plateau), in.getFirst().to(DType.F64))));
  }

  /// By how much a step moves after each epoch.
  private static Tensor scales(Optimizer rule, Tensor losses) {
    Tensor p = Tensor.of(0.0);
    OptimizerState state = rule.start(p);
    List<Tensor> scales = new ArrayList<>();
    for (double loss : losses.toDoubles()) {
      state = rule.judged(loss, p, state);
      scales.add(p.sub(rule.step(p, Tensor.of(1.0), state).model()).get(0));
    }
    return Tensor.stack(0, scales);
  }

  @Test
  void equalLossesBelowZeroAreNoBetter() {
    Tensor scales = scales(Sgd.of(1).reducing(Plateau.of(0.5, 0)), Tensor.of(-1.0, -1.0, -2.0));
    assertThat(scales.toDoubles()).containsExactly(1, 0.5, 0.5);
  }

  @Test
  void itWorksInsideOtherLinksToo() {
    Optimizer reduced = Sgd.of(1).reducing(Plateau.of(0.5, 0));
    List<Tensor> model = List.of(Tensor.of(0.0), Tensor.of(0.0));
    List<Tensor> slope = List.of(Tensor.of(1.0), Tensor.of(1.0));
    Optimizer split = Optimizer.split("0"::equals, reduced, Sgd.of(1));
    OptimizerState state = split.judged(2, model, split.judged(2, model, split.start(model)));
    List<Tensor> next = split.step(model, slope, state).model();
    assertThat(next.get(0).at(0)).isEqualTo(-0.5);
    assertThat(next.get(1).at(0)).isEqualTo(-1);

    Optimizer slow = Sgd.of(1).momentum(0.5).reducing(Plateau.of(0.5, 0)).accumulating(2);
    state = slow.judged(2, model, slow.judged(2, model, slow.start(model)));
    Step<List<Tensor>> half = slow.step(model, slope, state);
    assertThat(half.model().get(0).at(0)).isZero();
    assertThat(slow.step(half.model(), slope, half.state()).model().get(0).at(0)).isEqualTo(-0.5);
  }

  @Test
  void errorsSayWhatWasNeeded() {
    assertThatThrownBy(() -> Plateau.of(1, 2))
        .hasMessage(
            "a plateau needs a factor between 0 and 1 and a patience of at least 0, got 1.0 and 2");
    assertThatThrownBy(() -> new Plateau(0.5, 2, 1, 0))
        .hasMessage(
            "a plateau needs a threshold in [0, 1) and a least scale in [0, 1], got 1.0 and 0.0");
    Tensor p = Tensor.of(0.0);
    OptimizerState other = Sgd.of(1).start(p);
    assertThatThrownBy(() -> Sgd.of(1).clipped(1).judged(1, p, other))
        .hasMessage("an optimiser of 2 links needs a state of as many, got 1");
  }
}
