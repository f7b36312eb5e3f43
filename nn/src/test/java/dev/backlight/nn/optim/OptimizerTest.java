package dev.backlight.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every optimiser is asked of its textbook recurrence, written again as a loop over doubles.
class OptimizerTest {
  private static final int STEPS = 20;
  private static final int N = 6;

  /// A matrix, which decays, and a vector, which does not.
  record Model(Tensor matrix, Tensor vector) {}

  /// What a textbook does to one number: parameter, gradient, a memory of two, and the step from 1.
  interface Textbook {
    double next(double p, double g, double[] memory, int t, boolean matrix);
  }

  private static void compare(Optimizer optimizer, Textbook textbook) {
    Key[] keys = Key.of(17).split(2);
    Tensor matrix = keys[0].normal(Shape.of(2, 3), DType.F64);
    Tensor vector = keys[1].normal(Shape.of(N), DType.F64);
    Model model = new Model(matrix, vector);
    OptimizerState state = optimizer.start(model);
    double[][] p = {matrix.toDoubles(), vector.toDoubles()};
    double[][][] memory = new double[2][N][2];
    for (int t = 1; t <= STEPS; t++) {
      Tensor g = Key.of(100 + t).normal(Shape.of(N), DType.F64);
      Step<Model> step = optimizer.step(model, new Model(g.reshape(2, 3), g.mul(2)), state);
      model = step.model();
      state = step.state();
      for (int i = 0; i < N; i++) {
        p[0][i] = textbook.next(p[0][i], g.at(i), memory[0][i], t, true);
        p[1][i] = textbook.next(p[1][i], 2 * g.at(i), memory[1][i], t, false);
      }
      assertThat(model.matrix().toDoubles()).containsExactly(p[0], within(1e-12));
      assertThat(model.vector().toDoubles()).containsExactly(p[1], within(1e-12));
    }
  }

  @Test
  void sgdIsPlainDescent() {
    compare(Sgd.of(0.1), (p, g, _, _, _) -> p - 0.1 * g);
  }

  @Test
  void sgdWithMomentum() {
    compare(
        Sgd.of(0.1).momentum(0.9),
        (p, g, m, _, _) -> {
          m[0] = 0.9 * m[0] + g;
          return p - 0.1 * m[0];
        });
  }

  @Test
  void sgdWithNesterovMomentumAndDecayOfMatrices() {
    compare(
        Sgd.of(0.1).nesterov(0.8).decay(0.3),
        (p, g, m, _, matrix) -> {
          double d = matrix ? g + 0.3 * p : g;
          m[0] = 0.8 * m[0] + d;
          return p - 0.1 * (d + 0.8 * m[0]);
        });
  }

  private static double adam(double g, double[] m, int t) {
    m[0] = 0.9 * m[0] + 0.1 * g;
    m[1] = 0.999 * m[1] + (1 - 0.999) * g * g;
    double mean = m[0] / (1 - Math.pow(0.9, t));
    double square = m[1] / (1 - Math.pow(0.999, t));
    return mean / (Math.sqrt(square) + 1e-8);
  }

  @Test
  void adamCorrectsItsStartFromZero() {
    compare(Adam.of(0.01), (p, g, m, t, _) -> p - 0.01 * adam(g, m, t));
  }

  @Test
  void adamWDecaysBesideTheScaling() {
    compare(
        AdamW.of(0.01).decay(0.2),
        (p, g, m, t, matrix) -> p - 0.01 * (adam(g, m, t) + (matrix ? 0.2 * p : 0)));
  }

  @Test
  void aScheduleIsAskedAtEveryStep() {
    compare(
        Sgd.of(Schedule.cosine(0.5, 10)),
        (p, g, _, t, _) -> p - 0.25 * (1 + Math.cos(Math.PI * Math.min(t - 1, 10) / 10)) * g);
    compare(
        Sgd.of(Schedule.exponential(0.5, 0.1, 7)),
        (p, g, _, t, _) -> p - 0.5 * Math.pow(0.1, (t - 1) / 7.0) * g);
    compare(
        Sgd.of(Schedule.constant(0.5).warmup(4)),
        (p, g, _, t, _) -> p - 0.5 * Math.min(1, t / 4.0) * g);
  }

  @Test
  void clippingScalesTheWholeGradientToTheNorm() {
    Model model = new Model(Tensor.zeros(Shape.of(1, 2), DType.F64), Tensor.of(0.0, 0.0));
    Model gradient = new Model(Tensor.of(Shape.of(1, 2), 3.0, 0.0), Tensor.of(0.0, 4.0));
    Optimizer clipped = Sgd.of(1).clipped(1);
    Model next = clipped.step(model, gradient, clipped.start(model)).model();
    assertThat(next.matrix().toDoubles()).containsExactly(new double[] {-0.6, 0}, within(1e-15));
    assertThat(next.vector().toDoubles()).containsExactly(new double[] {0, -0.8}, within(1e-15));
  }

  @Test
  void clippingLeavesAShortGradientAndAZeroOne() {
    Tensor model = Tensor.of(1f, 2f);
    Optimizer clipped = Sgd.of(1).clipped(10);
    Step<Tensor> step = clipped.step(model, Tensor.of(0.5f, 0.25f), clipped.start(model));
    assertThat(step.model().toFloats()).containsExactly(0.5f, 1.75f);
    assertThat(clipped.step(model, Tensor.of(0f, 0f), step.state()).model().toFloats())
        .containsExactly(1, 2);
  }

  @Test
  void lionTakesTheSignOfAMean() {
    compare(
        Lion.of(0.01).decay(0.2),
        (p, g, m, _, matrix) -> {
          double sign = Math.signum(0.9 * m[0] + 0.1 * g);
          m[0] = 0.99 * m[0] + 0.01 * g;
          return p - 0.01 * (sign + (matrix ? 0.2 * p : 0));
        });
  }

  @Test
  void lambScalesAdamsStepToTheNormOfEachParameter() {
    Tensor p = Tensor.of(3.0, 4.0);
    Tensor g = Tensor.of(.1, -.7);
    Lamb lamb = Lamb.of(.5);
    Tensor next = lamb.step(p, g, lamb.start(p)).model();
    // Adam's first step is 1 up or down but for epsilon; it is scaled to the norm 5.
    double up = .1 / (.1 + 1e-6);
    double down = .7 / (.7 + 1e-6);
    double ratio = 5 / Math.hypot(up, down);
    assertThat(next.toDoubles())
        .containsExactly(new double[] {3 - .5 * ratio * up, 4 + .5 * ratio * down}, within(1e-9));
    Tensor zero = Tensor.of(0.0, 0.0);
    assertThat(lamb.step(zero, g, lamb.start(zero)).model().toDoubles())
        .as("a parameter of norm 0 moves as Adam says")
        .containsExactly(new double[] {-.5, .5}, within(1e-4));
  }

  @Test
  void accumulatingIsOneStepOnTheMean() {
    Tensor p = Tensor.of(1.0, 2.0);
    Optimizer adam = Adam.of(.1);
    Optimizer slow = adam.accumulating(3);
    OptimizerState state = slow.start(p);
    OptimizerState plain = adam.start(p);
    Tensor now = p;
    Tensor want = p;
    for (int round = 0; round < 3; round++) {
      Tensor sum = Tensor.of(0.0, 0.0);
      for (int i = 0; i < 3; i++) {
        Tensor g = Key.of(round).fold(i).normal(Shape.of(2), DType.F64);
        sum = sum.add(g.div(3));
        assertThat(now.toDoubles()).containsExactly(want.toDoubles());
        Step<Tensor> step = slow.step(now, g, state);
        now = step.model();
        state = step.state();
      }
      Step<Tensor> step = adam.step(want, sum, plain);
      want = step.model();
      plain = step.state();
      assertThat(now.toDoubles()).containsExactly(want.toDoubles(), within(1e-12));
      want = now;
    }
  }

  @Test
  void anAverageFollowsTheParameters() {
    Model model = new Model(Tensor.of(new double[][] {{1, 2}}), Tensor.of(3.0));
    Optimizer rule = Sgd.of(1).averaging(.75);
    Model slope = new Model(Tensor.of(new double[][] {{1, 1}}), Tensor.of(2.0));
    Step<Model> one = rule.step(model, slope, rule.start(model));
    Step<Model> two = rule.step(one.model(), slope, one.state());
    assertThat(two.model().vector().toDoubles()).containsExactly(-1);
    // 3, then ¾·3 + ¼·1, then ¾ of that − ¼.
    assertThat(Average.of(two.model(), two.state()).vector().toDoubles())
        .containsExactly(.75 * 2.5 - .25);
    assertThatThrownBy(() -> Average.of(model, Sgd.of(1).start(model)))
        .hasMessage(
            "an averaged model needs the state of an optimiser that averages, see"
                + " Optimizer.averaging");
  }

  @Test
  void partsOfAModelHaveTheirOwnOptimisers() {
    Optimizer rule =
        Optimizer.split(name -> name.equals("vector"), Sgd.of(1).momentum(.5), Sgd.of(.1));
    Model model = new Model(Tensor.of(new double[][] {{1, 2}}), Tensor.of(3.0));
    Model slope = new Model(Tensor.of(new double[][] {{1, 1}}), Tensor.of(2.0));
    Step<Model> one = rule.step(model, slope, rule.start(model));
    Step<Model> two = rule.step(one.model(), slope, one.state());
    assertThat(two.model().vector().toDoubles()).containsExactly(3 - 2 - 3);
    assertThat(two.model().matrix().toDoubles())
        .containsExactly(new double[] {.8, 1.8}, within(1e-15));
  }

  @Test
  void anOptimiserIsAnyChainOfLinks() {
    Optimizer own =
        Optimizer.of(
            (move, _) ->
                new Transform.Move(
                    move.direction().stream().map(Tensor::sign).toList(), move.memory()),
            new LearningRate(Schedule.constant(0.5)));
    Tensor next =
        own.step(Tensor.of(1f, 1f), Tensor.of(9f, -0.1f), own.start(Tensor.of(1f, 1f))).model();
    assertThat(next.toFloats()).containsExactly(0.5f, 1.5f);
  }

  @Test
  void mistakesAreNamed() {
    Tensor model = Tensor.of(1f, 2f);
    Sgd sgd = Sgd.of(0.1);
    assertThatThrownBy(() -> sgd.step(model, Tensor.of(1f), sgd.start(model)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a step needs a gradient like the model, F32(2) at x, got F32(1)");
    assertThatThrownBy(() -> sgd.step(model, model, new OptimizerState(List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an optimiser of 1 links needs a state of as many, got 0");
    assertThatThrownBy(() -> Sgd.of(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a learning rate needs to be finite and above 0, got 0.0");
    assertThatThrownBy(() -> Sgd.of(1).momentum(1).transforms())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a momentum needs to be in [0, 1), got 1.0");
    assertThatThrownBy(() -> Adam.of(1).betas(0.9, 1).transforms())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("adam needs betas in [0, 1) and an epsilon above 0, got 0.9, 1.0 and 1.0E-8");
    assertThatThrownBy(() -> AdamW.of(1).decay(-1).transforms())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a weight decay needs to be at least 0, got -1.0");
    assertThatThrownBy(() -> sgd.clipped(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a clipping norm needs to be above 0, got 0.0");
    assertThatThrownBy(() -> sgd.clippedByValue(0))
        .hasMessage("a clipping value needs to be above 0, got 0.0");
    assertThatThrownBy(() -> sgd.accumulating(0))
        .hasMessage("accumulating needs at least 1 step, got 0");
    assertThatThrownBy(() -> sgd.averaging(1))
        .hasMessage("an average needs a decay in [0, 1), got 1.0");
    assertThatThrownBy(() -> RmsProp.of(1).decay(1).transforms())
        .hasMessage("rmsprop needs a decay in [0, 1) and an epsilon above 0, got 1.0 and 1.0E-8");
    assertThatThrownBy(() -> new AdagradScaling(-1, 1))
        .hasMessage("adagrad needs a start of at least 0 and an epsilon above 0, got -1.0 and 1.0");
    assertThatThrownBy(() -> new AdadeltaScaling(.9, 0))
        .hasMessage("adadelta needs a decay in [0, 1) and an epsilon above 0, got 0.9 and 0.0");
    assertThatThrownBy(() -> new NadamScaling(1, .9, 1))
        .hasMessage("nadam needs betas in [0, 1) and an epsilon above 0, got 1.0, 0.9 and 1.0");
    assertThatThrownBy(() -> new LionSign(1, .9))
        .hasMessage("lion needs betas in [0, 1), got 1.0 and 0.9");
    assertThatThrownBy(() -> Schedule.cosineRestarts(1, 5, 0))
        .hasMessage("restarts need a factor of at least 1, got 0");
    assertThatThrownBy(() -> Schedule.polynomial(1, 0, 5, 0))
        .hasMessage("a polynomial needs a power above 0, got 0.0");
    assertThatThrownBy(() -> Schedule.oneCycle(1, 5, 1))
        .hasMessage("one cycle needs a rising part between 0 and 1, got 1.0");
    assertThatThrownBy(() -> new Leaves(List.of(), List.of(Tensor.of(1.0))))
        .hasMessage("parameters need a name each, got 0 for 1");
    assertThatThrownBy(() -> Schedule.cosine(1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a schedule needs at least 1 step, got 0");
  }
}
