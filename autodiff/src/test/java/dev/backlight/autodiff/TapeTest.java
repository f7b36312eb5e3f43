package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class TapeTest {
  record Linear(Tensor weight, Tensor bias) {
    Tensor apply(Tensor x) {
      return x.matmul(weight).add(bias);
    }
  }

  record Mlp(Linear hidden, Linear out) {
    Tensor apply(Tensor x) {
      return out.apply(hidden.apply(x).tanh());
    }
  }

  record Example(Mlp model, Tensor x, Tensor y) {}

  private static final Mlp MLP =
      new Mlp(
          new Linear(Tensor.of(Shape.of(2, 3), .3, -.5, .8, .1, .9, -.2), Tensor.of(.1, -.2, .3)),
          new Linear(Tensor.of(Shape.of(3, 1), .7, -.4, .6), Tensor.of(.05)));
  private static final Tensor X = Tensor.of(Shape.of(4, 2), 0., 0, 0, 1, 1, 0, 1, 1);
  private static final Tensor Y = Tensor.of(Shape.of(4, 1), 0., 1, 1, 0);

  private static Tensor squares(Example e) {
    Tensor d = e.model().apply(e.x()).sub(e.y());
    return d.mul(d).mean();
  }

  @Test
  void aTapeIsPrintedWithTheUsersLines() {
    Tape<Tensor, Tensor> tape = Tape.record(MLP::apply, X);
    assertThat(tape.toString())
        .contains("= matmul %0 %")
        .contains("TapeTest.java:")
        .contains("%0 [4, 2] F64 = x");
  }

  @Test
  void theGradientHasTheTypeOfTheModelAndAgreesWithDifferences() {
    Tape<Example, Tensor> loss = Tape.record(TapeTest::squares, new Example(MLP, X, Y));
    Mlp grad = loss.gradient(Example::model).run(new Example(MLP, X, Y));
    double[] w = MLP.hidden().weight().toDoubles();
    for (int i = 0; i < w.length; i++) {
      double h = 1e-5;
      double up = at(loss, w, i, h);
      double down = at(loss, w, i, -h);
      assertThat(grad.hidden().weight().toDoubles()[i])
          .isCloseTo((up - down) / (2 * h), within(1e-9));
    }
  }

  private static double at(Tape<Example, Tensor> loss, double[] w, int i, double h) {
    double[] moved = w.clone();
    moved[i] += h;
    Linear hidden = new Linear(Tensor.of(Shape.of(2, 3), moved), MLP.hidden().bias());
    return loss.run(new Example(new Mlp(hidden, MLP.out()), X, Y)).item();
  }

  @Test
  void derivativesOfAnyOrderComeFromTheSameMethod() {
    Tape<Tensor, Tensor> d = Tape.record(x -> x.tanh().mul(x.exp()), Tensor.scalar(.3));
    double h = 1e-4;
    for (int order = 1; order <= 4; order++) {
      Tape<Tensor, Tensor> before = d;
      d = d.gradient();
      double want =
          (before.run(Tensor.scalar(.3 + h)).item() - before.run(Tensor.scalar(.3 - h)).item())
              / (2 * h);
      assertThat(d.run(Tensor.scalar(.3)).item()).isCloseTo(want, within(1e-6));
    }
  }

  @Test
  void aJvpIsTheDirectionalDerivative() {
    Tape<Tensor, Tensor> f = Tape.record(x -> MLP.apply(x), X);
    Tensor direction = Tensor.of(Shape.of(4, 2), .1, .2, -.3, .4, .5, -.6, .7, .8);
    Tensor along = f.jvp(x -> x).run(new WithTangent<>(X, direction));
    double h = 1e-6;
    Tensor want = f.run(X.add(direction.mul(h))).sub(f.run(X.sub(direction.mul(h)))).div(2 * h);
    for (int i = 0; i < 4; i++) {
      assertThat(along.at(i, 0)).isCloseTo(want.at(i, 0), within(1e-9));
    }
    assertThat(f.jvp(x -> x).nodes()).hasSizeLessThan(20);
  }

  @Test
  void aBranchThatWhereDidNotSelectContributesExactlyZero() {
    for (UnaryOperator<Tensor> f :
        List.<UnaryOperator<Tensor>>of(Tensor::log, Tensor::sqrt, Tensor::reciprocal)) {
      Tape<Tensor, Tensor> tape =
          Tape.record(
              x -> Tensor.where(x.gt(0), f.apply(x), Tensor.zeros(x.shape(), DType.F64)).sum(),
              Tensor.of(0., 2));
      Tape<Tensor, Tensor> slope = tape.gradient();
      Tape<Tensor, Tensor> second =
          Tape.record(x -> slope.run(x).sum(), Tensor.of(0., 2)).gradient();
      assertThat(slope.run(Tensor.of(0., 2)).at(0)).isZero();
      assertThat(second.run(Tensor.of(0., 2)).at(0)).isZero();
      assertThat(second.run(Tensor.of(0., 2)).at(1)).isNotZero().isNotNaN();
    }
  }

  @Test
  void aZeroThatMerelyHappensStaysHonest() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.sqrt().mul(x.sqrt()).sum(), Tensor.of(0.));
    assertThat(tape.gradient().run(Tensor.of(0.)).item()).isNaN();
  }

  @Test
  void aGuardStopsAReplayThatWouldTakeAnotherBranch() {
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> x.test(v -> v > 0) ? x.mul(x) : x.neg(), Tensor.scalar(2.));
    assertThat(tape.validity()).isEqualTo(Validity.GUARDED);
    Player<Tensor, Tensor> player = tape.player();
    assertThat(player.play(Tensor.scalar(3.)).item()).isEqualTo(9);
    assertThatThrownBy(() -> player.play(Tensor.scalar(-3.)))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching("guard at TapeTest\\.java:\\d+ now answers false; record again");
    assertThatThrownBy(() -> tape.gradient().run(Tensor.scalar(-3.))).isInstanceOf(StaleTape.class);
  }

  @Test
  void aValueThatWasReadPinsTheTape() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.mul(x.item()), Tensor.scalar(2.));
    assertThat(tape.validity()).isEqualTo(Validity.PINNED);
    assertThat(tape.gradient().run(Tensor.scalar(2.)).item()).isEqualTo(2);
    assertThatThrownBy(() -> tape.run(Tensor.scalar(3.)))
        .isInstanceOf(StaleTape.class)
        .hasMessageMatching(
            "this tape is pinned to the inputs it was recorded on by item\\(\\) at"
                + " TapeTest\\.java:\\d+; use test\\(\\.\\.\\.\\) for a guard or detached\\(\\) to look,"
                + " or record again");
    assertThatThrownBy(() -> tape.gradient().player().play(Tensor.scalar(3.)))
        .isInstanceOf(StaleTape.class);
  }

  @Test
  void aPlayOnOtherShapesSaysWhatWasRecorded() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.sum(), Tensor.zeros(1, 4));
    assertThatThrownBy(() -> tape.run(Tensor.zeros(2, 4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("this tape was recorded on (1, 4), got (2, 4)");
  }

  @Test
  void anInnerGradientCapturesTheOuterModel() {
    // d/dW of |df/dx|², as attribution priors need it.
    Tape<Mlp, Tensor> prior =
        Tape.record(
            m -> {
              Tensor s = Grad.of((Tensor v) -> m.apply(v).sum(), X).grad();
              return s.mul(s).sum();
            },
            MLP);
    Mlp grad = prior.gradient().run(MLP);
    double[] w = MLP.hidden().weight().toDoubles();
    double h = 1e-5;
    double[] values = new double[2];
    for (int side = 0; side < 2; side++) {
      double[] moved = w.clone();
      moved[3] += side == 0 ? h : -h;
      Linear hidden = new Linear(Tensor.of(Shape.of(2, 3), moved), MLP.hidden().bias());
      values[side] = prior.run(new Mlp(hidden, MLP.out())).item();
    }
    assertThat(grad.hidden().weight().toDoubles()[3])
        .isCloseTo((values[0] - values[1]) / (2 * h), within(1e-8));
  }

  @Test
  void aSumOverNodesIsDifferentiableToHigherOrder() {
    Tensor nodes = Tensor.of(.1, .4, .7, .9);
    Tape<Tensor, Tensor> tape =
        Tape.record(x -> Tape.sumOver(a -> x.mul(a).tanh().sum(), nodes), Tensor.of(.3, -.2));
    Tape<Tensor, Tensor> plain =
        Tape.record(
            x -> {
              Tensor sum = Tensor.scalar(0.);
              for (double a : nodes.toDoubles()) {
                sum = sum.add(x.mul(a).tanh().sum());
              }
              return sum;
            },
            Tensor.of(.3, -.2));
    Tensor at = Tensor.of(.5, .6);
    assertThat(tape.run(at).item()).isEqualTo(plain.run(at).item());
    Tensor first = tape.gradient().run(at);
    Tensor want = plain.gradient().run(at);
    assertThat(first.at(0)).isCloseTo(want.at(0), within(1e-14));
    Tensor second = Tape.record(x -> tape.gradient().run(x).sum(), at).gradient().run(at);
    Tensor wantSecond = Tape.record(x -> plain.gradient().run(x).sum(), at).gradient().run(at);
    assertThat(second.at(1)).isCloseTo(wantSecond.at(1), within(1e-14));
  }

  @Test
  void theNodesOfASumCarryDerivativesToo() {
    Tape<Tensor, Tensor> tape =
        Tape.record(n -> Tape.sumOver(a -> a.mul(a), n).mul(3), Tensor.of(1., 2, 3));
    assertThat(tape.gradient().run(Tensor.of(1., 2, 3)).toDoubles()).containsExactly(6, 12, 18);
    assertThat(Tape.mapOver((Tensor a) -> a.exp(), Tensor.of(0., 1)).toDoubles())
        .containsExactly(new double[] {1, Math.E}, within(1e-15));
  }

  @Test
  void fedBackOutputsAreTheNextInputs() {
    record State(Tensor w, Tensor loss) {}
    Tape<State, State> step =
        Tape.record(
            s -> {
              Grad<Tensor> g = Grad.of((Tensor w) -> w.mul(w).sum(), s.w());
              return new State(s.w().sub(g.grad().mul(.25)), g.value());
            },
            new State(Tensor.of(8., 4), Tensor.scalar(0.)));
    Player<State, State> player = step.player().feedback(State::w, State::w);
    player.set(new State(Tensor.of(8., 4), Tensor.scalar(0.)));
    player.play();
    assertThat(player.output(0).f64()).startsWith(4, 2);
    player.play();
    assertThat(player.result().w().toDoubles()).containsExactly(2, 1);
    assertThat(player.result().loss().item()).isEqualTo(20);
    assertThat(player.inputs(State::w).toDoubles()).containsExactly(2, 1);
  }

  @Test
  void leakedTensorsAreRefused() {
    Tensor[] leak = new Tensor[1];
    Tape.record(
        x -> {
          leak[0] = x.exp();
          return x;
        },
        Tensor.scalar(1.));
    assertThatThrownBy(() -> leak[0].add(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a tensor was used after the recording it belongs to had ended; return it from the recorded"
                + " function, or take its value inside with detached()");
  }

  @Test
  void tiedTensorsAreOneInputAndShareOneGradient() {
    record Tied(Tensor a, Tensor b) {}
    Tensor w = Tensor.of(2.);
    Tape<Tied, Tensor> tape = Tape.record(t -> t.a().mul(t.b()).sum(), new Tied(w, w));
    assertThat(tape.inputNames()).containsExactly("a");
    Tied grad = tape.gradient().run(new Tied(w, w));
    assertThat(grad.a().item()).isEqualTo(4);
    assertThat(grad.b()).isSameAs(grad.a());
    assertThatThrownBy(() -> tape.run(new Tied(w, Tensor.of(2.))))
        .hasMessage(
            "the tensor at b was tied to another when the tape was recorded, got two different ones");
  }

  @Test
  void aTensorGivenTwiceTakesTwoCotangents() {
    Tape<Tensor, List<Tensor>> twice =
        Tape.record(
            x -> {
              Tensor y = x.exp();
              return List.of(y, y);
            },
            Tensor.of(0.));
    Tensor back =
        twice
            .vjp(x -> x)
            .run(new WithCotangent<>(Tensor.of(0.), List.of(Tensor.of(2.), Tensor.of(3.))));
    assertThat(back.item()).isEqualTo(5);
    assertThat(twice.player().play(Tensor.of(0.))).hasSize(2);
  }
}
