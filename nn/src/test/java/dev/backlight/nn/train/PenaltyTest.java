package dev.backlight.nn.train;

import static dev.backlight.nn.train.TrainerTest.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Init;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Losses;
import dev.backlight.nn.optim.Sgd;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PenaltyTest {
  private static final Tensor X = KEY.fold(1).normal(Shape.of(24, 3), DType.F64);
  private static final Tensor Y = KEY.fold(2).normal(Shape.of(24, 1), DType.F64);
  private static final Linear FIRST = Linear.of(3, 1, Init.GLOROT, DType.F64, KEY).withoutBias();

  private static Trainer<Linear> trainer() {
    return Trainer.regression(Linear::apply)
        .optimizer(Sgd.of(0.05))
        .epochs(3)
        .batch(10)
        .key(KEY)
        .silent();
  }

  @Test
  void halfTheSquaresOfTheWeightsAreWeightDecay() {
    Linear penalised =
        trainer()
            .penalty((m, _, _, _) -> m.weight().square().sum().mul(0.3 / 2))
            .fit(FIRST, X, Y)
            .model();
    Linear decayed = trainer().optimizer(Sgd.of(0.05).decay(0.3)).fit(FIRST, X, Y).model();
    assertThat(penalised.weight().toDoubles())
        .containsExactly(decayed.weight().toDoubles(), within(1e-14));
  }

  @Test
  void aPenaltyMayDifferentiateTheModelByItsInputs() {
    // The slope of a linear model is its weight, so this is the penalty of the test above.
    Linear sloped =
        trainer()
            .penalty((m, x, _, _) ->
                Tape.record((Tensor in) -> m.apply(in).squeeze(1), x)
                    .trace(BackwardRule.CHAIN, Function.identity(), List.of())
                    .run(x)
                    .inputs()
                    .square()
                    .sum(1)
                    .mean()
                    .mul(0.3 / 2))
            .fit(FIRST, X, Y)
            .model();
    Linear decayed = trainer().optimizer(Sgd.of(0.05).decay(0.3)).fit(FIRST, X, Y).model();
    assertThat(sloped.weight().toDoubles())
        .containsExactly(decayed.weight().toDoubles(), within(1e-12));
  }

  @Test
  void trainingTellsTheLossWithThePenaltyAndJudgesWithoutIt() {
    Fitted<Linear> fitted =
        trainer()
            .epochs(1)
            .batch(24)
            .penalty((_, _, y, _) -> y.mul(0).sum().add(100))
            .fit(FIRST, X, Y, X, Y);
    assertThat(fitted.epoch().train().loss())
        .isCloseTo(100 + Losses.mse(FIRST.apply(X), Y).item(), within(1e-6));
    assertThat(fitted.epoch().held().loss()).isLessThan(100);
  }

  @Test
  void thePassDrawsAnewInEveryStep() {
    // Pulls the weights towards a draw: the same draw in every step would be reached.
    Trainer<Linear> drawn =
        trainer()
            .optimizer(Sgd.of(0.5))
            .penalty((m, _, _, pass) ->
                m.weight()
                    .sub(pass.key().normal(m.weight().shape(), DType.F64))
                    .square()
                    .sum()
                    .mul(0.5));
    Fitted<Linear> two = drawn.fit(FIRST, X, Y);
    Fitted<Linear> again = drawn.fit(FIRST, X, Y);
    assertThat(two.model().weight().sameAs(again.model().weight())).isTrue();
    double last = two.history().getLast().train().loss();
    assertThat(two.history().stream().map(e -> e.train().loss()).distinct()).hasSize(3);
    assertThat(last).isGreaterThan(1);
  }

  @Test
  void aPenaltyThatIsNotOneNumberIsRefused() {
    assertThatThrownBy(() -> trainer().penalty((m, _, _, _) -> m.weight()).fit(FIRST, X, Y))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a penalty needs one number like the loss, F64(), got F64(3, 1)");
  }
}
