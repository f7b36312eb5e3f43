package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Dropout;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Losses;
import dev.backlight.nn.MaxPool2d;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Unflatten;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.OptimizerState;
import dev.backlight.nn.optim.Sgd;
import dev.backlight.nn.optim.Step;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerTest {
  static final Key KEY = Key.of(7);

  /// A model of one's own: a record of layers.
  record Mlp(Linear hidden, Linear out) {
    static Mlp of(Key key, DType dtype) {
      Sequential drawn = Sequential.mlp(key, Activation.TANH, dtype, 3, 8, 2);
      return new Mlp((Linear) drawn.layers().get(0), (Linear) drawn.layers().get(2));
    }

    Tensor apply(Tensor x) {
      return out.apply(hidden.apply(x).tanh());
    }
  }

  static Tensor inputs(int n, DType dtype) {
    return KEY.fold(1).normal(Shape.of(n, 3), dtype);
  }

  /// Class 1 where the first two numbers have the same sign.
  static Tensor labels(Tensor x) {
    int[] labels = new int[x.size(0)];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = x.at(i, 0) * x.at(i, 1) > 0 ? 1 : 0;
    }
    return Tensor.of(labels);
  }

  static Trainer<Mlp> trainer() {
    return Trainer.classification(Mlp::apply).optimizer(Adam.of(0.02)).key(KEY).silent();
  }

  @Test
  void xorIsLearnedByTheSigmoidPerceptronOfTheLiterature() {
    Dataset xor = Dataset.xor();
    Tensor targets = xor.y().to(DType.F32).reshape(4, 1);
    for (int seed = 0; seed < 3; seed++) {
      Sequential model = Sequential.mlp(Key.of(seed), Activation.SIGMOID, 2, 4, 1);
      Fitted<Sequential> fitted =
          Trainer.binary(Sequential::apply)
              .optimizer(Adam.of(0.1))
              .epochs(1500)
              .batch(4)
              .stopWhen(e -> e.train().loss() < 0.02)
              .silent()
              .fit(model, xor.x(), targets);
      Tensor logits = fitted.model().apply(xor.x());
      for (int i = 0; i < 4; i++) {
        assertThat(logits.at(i, 0) > 0)
            .as("seed %d, row %d", seed, i)
            .isEqualTo(targets.at(i, 0) == 1);
      }
      assertThat(fitted.epoch().train().metric()).isEqualTo(1);
    }
  }

  @Test
  void aStepOnTheTapeIsTheStepByHand() {
    Tensor x = inputs(10, DType.F64);
    Tensor y = labels(x);
    Mlp start = Mlp.of(KEY, DType.F64);
    Optimizer adam = AdamW.of(0.05).clipped(0.5);
    Fitted<Mlp> fitted = trainer().optimizer(adam).epochs(5).batch(10).fit(start, x, y);

    Mlp model = start;
    OptimizerState state = adam.start(model);
    for (int epoch = 1; epoch <= 5; epoch++) {
      Tensor order = Tensor.of(KEY.fold(epoch).permutation(10));
      Tensor bx = x.take(0, order);
      Tensor by = y.take(0, order);
      Mlp slope = Grad.of((Mlp m) -> Losses.crossEntropy(m.apply(bx), by), model).grad();
      Step<Mlp> step = adam.step(model, slope, state);
      model = step.model();
      state = step.state();
    }
    requireSame(fitted.model(), model);
  }

  @Test
  void aSmallerLastBatchTakesTheModelOverAndGivesItBack() {
    Tensor x = inputs(10, DType.F64);
    Tensor y = labels(x);
    Mlp start = Mlp.of(KEY, DType.F64);
    Optimizer rule = Sgd.of(0.3).momentum(0.9);
    Fitted<Mlp> fitted = trainer().optimizer(rule).epochs(3).batch(4).fit(start, x, y);

    Mlp model = start;
    OptimizerState state = rule.start(model);
    double loss = 0;
    for (int epoch = 1; epoch <= 3; epoch++) {
      int[] order = KEY.fold(epoch).permutation(10);
      loss = 0;
      for (int from = 0; from < 10; from += 4) {
        int[] batch = java.util.Arrays.copyOfRange(order, from, Math.min(10, from + 4));
        Tensor bx = x.take(0, Tensor.of(batch));
        Tensor by = y.take(0, Tensor.of(batch));
        Grad<Mlp> slope = Grad.of((Mlp m) -> Losses.crossEntropy(m.apply(bx), by), model);
        loss += slope.value().item() * batch.length / 10;
        Step<Mlp> step = rule.step(model, slope.grad(), state);
        model = step.model();
        state = step.state();
      }
    }
    requireSame(fitted.model(), model);
    assertThat(fitted.history().getLast().train().loss()).isCloseTo(loss, within(1e-12));
  }

  private static void requireSame(Object a, Object b) {
    List<Tensor> left = Struct.leaves(a);
    List<Tensor> right = Struct.leaves(b);
    assertThat(left).hasSameSizeAs(right);
    for (int i = 0; i < left.size(); i++) {
      assertThat(left.get(i).sameAs(right.get(i))).as("leaf %d", i).isTrue();
    }
  }

  @Test
  void theSameKeyGivesTheSameModelBitForBit() {
    Tensor x = inputs(50, DType.F32);
    Tensor y = labels(x);
    Trainer<Mlp> how = trainer().epochs(4).batch(16).holdOut(0.2);
    Fitted<Mlp> one = how.fit(Mlp.of(KEY, DType.F32), x, y);
    Fitted<Mlp> two = how.fit(Mlp.of(KEY, DType.F32), x, y);
    requireSame(one.model(), two.model());
    assertThat(one.history()).isEqualTo(two.history());
    Fitted<Mlp> other = how.key(Key.of(8)).fit(Mlp.of(KEY, DType.F32), x, y);
    assertThat(other.history()).isNotEqualTo(one.history());
  }

  @Test
  void aWarmStepAllocatesNothing() {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      Tensor x = inputs(16 * 500, dtype);
      requireNoAllocation(trainer(), Mlp.of(KEY, dtype), x, labels(x), 20_000);
    }
  }

  @Test
  void aWarmStepOfAConvolutionalNetworkAllocatesNothing() {
    Sequential cnn =
        Sequential.of(
            Unflatten.to(1, 8, 8),
            Conv2d.of(1, 4, 3, Conv2dOptions.of().padding(1), KEY),
            Activation.RELU,
            MaxPool2d.of(2),
            BatchNorm.of(4),
            new Flatten(),
            new Dropout(.2),
            Linear.of(64, 2, KEY));
    Tensor x = KEY.normal(Shape.of(16 * 500, 64), DType.F32);
    requireNoAllocation(
        Trainer.<Sequential>classification(Sequential::apply).training(Sequential::train),
        cnn,
        x,
        labels(x),
        4000);
  }

  private static <M> void requireNoAllocation(
      Trainer<M> trainer, M model, Tensor x, Tensor y, int warmUp) {
    Trainer<M> how = trainer.optimizer(AdamW.of(0.01).clipped(1));
    TrainingStep.Before<M> start = how.before(model, Inputs.head(x, 16), Inputs.head(y, 16));
    Stage<M> stage = new Stage<>(how.step(model, start.x(), start.y()), start);
    RowFeed feed = RowFeed.of(x, y, 16, KEY);
    for (int steps = 0; steps < warmUp; steps += feed.batches()) {
      play(stage, feed);
    }
    long fewest = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20 && fewest > 0; attempt++) {
      fewest = Math.min(fewest, play(stage, feed));
    }
    assertThat(fewest).as("bytes allocated by an epoch in %s", x.dtype()).isZero();
  }

  /// The bytes that the steps of an epoch allocate.
  private static long play(Stage<?> stage, RowFeed feed) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double sum = 0;
    Feed.Pass pass = feed.epoch(1);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < feed.batches(); i++) {
      stage.play(pass);
      sum += stage.loss();
    }
    long after = threads.getCurrentThreadAllocatedBytes();
    assertThat(sum).isNotNaN();
    return after - before;
  }

  @Test
  void theStepIsOneReplayableTapeThatPrints() {
    Tensor x = inputs(16, DType.F32);
    var tape = trainer().step(Mlp.of(KEY, DType.F32), x, labels(x));
    assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
    assertThat(tape.inputNames())
        .startsWith("model.hidden.weight", "model.hidden.bias", "model.out.weight")
        .endsWith("x", "y");
    // The forward pass of the metric is that of the loss: one product for each layer and each
    // gradient.
    assertThat(tape.nodes().stream().filter(n -> n.op().name().equals("matmul"))).hasSize(5);
  }

  @Test
  void patienceKeepsTheBestModelAndStops() {
    // Labels that mean nothing: fitting them makes the held-out loss worse.
    Tensor x = inputs(60, DType.F32);
    Tensor y = KEY.fold(2).integers(Shape.of(60), 0, 2);
    Trainer<Mlp> how = trainer().epochs(200).batch(60).patience(4).optimizer(Adam.of(0.05));
    Tensor heldX = KEY.fold(3).normal(Shape.of(40, 3), DType.F32);
    Tensor heldY = KEY.fold(4).integers(Shape.of(40), 0, 2);
    Fitted<Mlp> fitted = how.fit(Mlp.of(KEY, DType.F32), x, y, heldX, heldY);

    int best = fitted.epoch().number();
    assertThat(fitted.history()).hasSize(best + 4).hasSizeLessThan(200);
    for (Epoch epoch : fitted.history()) {
      assertThat(epoch.loss()).isGreaterThanOrEqualTo(fitted.epoch().loss());
    }
    assertThat(how.evaluate(fitted.model(), heldX, heldY)).isEqualTo(fitted.epoch().held());
  }

  @Test
  void evaluatingInBatchesIsEvaluatingAtOnce() {
    Tensor x = inputs(600, DType.F64);
    Tensor y = labels(x);
    Mlp model = Mlp.of(KEY, DType.F64);
    Score score = trainer().evaluate(model, x, y);
    assertThat(score.loss())
        .isCloseTo(Losses.crossEntropy(model.apply(x), y).item(), within(1e-12));
    int right = 0;
    Tensor logits = model.apply(x);
    for (int i = 0; i < 600; i++) {
      right += (logits.at(i, 1) > logits.at(i, 0) ? 1 : 0) == y.at(i) ? 1 : 0;
    }
    assertThat(score.metric()).isCloseTo(right / 600.0, within(1e-6));
  }

  @Test
  void regressionHasNoMetricUnlessAsked() {
    Tensor x = inputs(32, DType.F64);
    Tensor y = x.matmul(Tensor.of(Shape.of(3, 1), 1.0, -2.0, 0.5)).add(3);
    Linear start = Linear.of(3, 1, dev.backlight.nn.Init.GLOROT, DType.F64, KEY);
    Fitted<Linear> fitted =
        Trainer.regression(Linear::apply)
            .optimizer(Sgd.of(0.1).momentum(0.5))
            .epochs(200)
            .silent()
            .fit(start, x, y);
    assertThat(fitted.model().weight().toDoubles())
        .containsExactly(new double[] {1, -2, 0.5}, within(1e-6));
    assertThat(fitted.epoch().metric()).isNaN();
    assertThat(fitted.epoch().held()).isNull();
  }

  @Test
  void statisticsAreLeftAloneWhereTheStepsUseTheForwardPassOfInference() {
    Sequential model =
        Sequential.of(Linear.of(3, 4, KEY), BatchNorm.of(4), Activation.RELU, Linear.of(4, 2, KEY));
    Tensor x = inputs(20, DType.F32);
    Sequential after =
        Trainer.<Sequential>classification(Sequential::apply)
            .training((m, in, _) -> m.apply(in))
            .optimizer(AdamW.of(0.1).decay(0.5))
            .epochs(3)
            .silent()
            .fit(model, x, labels(x))
            .model();
    BatchNorm norm = (BatchNorm) after.layers().get(1);
    assertThat(norm.mean().toFloats()).containsOnly(0);
    assertThat(norm.variance().toFloats()).containsOnly(1);
    assertThat(norm.scale().toFloats()).doesNotContain(1);
  }

  @Test
  void tiedTensorsStayTied() {
    record Tied(Tensor up, Tensor down) {
      Tensor apply(Tensor x) {
        return x.matmul(up).tanh().matmul(down, false, true);
      }
    }
    Tensor shared = Linear.of(3, 2, KEY).weight();
    Tensor x = inputs(20, DType.F32);
    Fitted<Tied> fitted =
        Trainer.regression(Tied::apply).silent().fit(new Tied(shared, shared), x, x.add(0));
    assertThat(fitted.model().up()).isSameAs(fitted.model().down());
    assertThat(fitted.model().up().sameAs(shared)).isFalse();
  }

  @Test
  void aModelCanLearnToGiveItsOwnInputs() {
    Tensor x = inputs(20, DType.F32);
    Fitted<Linear> fitted =
        Trainer.regression(Linear::apply).epochs(2).silent().fit(Linear.of(3, 3, KEY), x, x);
    assertThat(fitted.history().getLast().loss()).isLessThan(fitted.history().getFirst().loss());
  }

  @Test
  void listenersHearEverythingInOrder() {
    List<String> heard = new ArrayList<>();
    Listener listener =
        new Listener() {
          @Override
          public void begin(Plan plan) {
            heard.add("begin " + plan.epochs() + " " + plan.batches());
          }

          @Override
          public void batch(int epoch, int batch) {
            heard.add(epoch + "." + batch);
          }

          @Override
          public void epoch(Epoch epoch) {
            heard.add("epoch " + epoch.number());
          }

          @Override
          public void end(@org.jspecify.annotations.Nullable Epoch kept) {
            heard.add("end");
          }
        };
    Tensor x = inputs(10, DType.F32);
    trainer().epochs(2).batch(6).listener(listener).fit(Mlp.of(KEY, DType.F32), x, labels(x));
    assertThat(heard)
        .containsExactly("begin 2 2", "1.1", "1.2", "epoch 1", "2.1", "2.2", "epoch 2", "end");
  }

  @Test
  void aLossThatIsNoNumberEndsTraining() {
    Tensor x = Tensor.of(new float[][] {{1, 2, 3}, {4, Float.NaN, 6}});
    assertThatThrownBy(() -> trainer().fit(Mlp.of(KEY, DType.F32), x, Tensor.of(0, 1)))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "training needs a finite loss, got NaN in epoch 1, batch 1; a smaller learning rate,"
                + " clipping or standardised inputs may help");
  }

  @Test
  void parametersThatAreNoNumbersAreNoResult() {
    Tensor x = inputs(4, DType.F32);
    assertThatThrownBy(() ->
            Trainer.regression(Linear::apply)
                .optimizer(Sgd.of(1e38))
                .epochs(1)
                .silent()
                .fit(Linear.of(3, 1, KEY), x.mul(1e5), x.sum(1).unsqueeze(1)))
        .isInstanceOf(TrainingException.class)
        .hasMessageMatching(
            "training needs finite parameters, got -?(NaN|Infinity) in weight after epoch 1;"
                + " a smaller learning rate, clipping or standardised inputs may help");
  }

  @Test
  void settingsThatMeanNothingAreRefused() {
    Tensor x = inputs(4, DType.F32);
    assertThatThrownBy(() -> trainer().fit(Mlp.of(KEY, DType.F32), x, Tensor.of(0, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "training needs inputs and targets with a first axis of one length, at least 1, got"
                + " (4, 3) and (2)");
    assertThatThrownBy(() -> trainer().epochs(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training needs at least 1 of epochs, got 0");
    assertThatThrownBy(() -> trainer().batch(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training needs at least 1 of examples in a batch, got 0");
    assertThatThrownBy(() -> trainer().holdOut(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("holding out needs a fraction in [0, 1), got 1.0");
  }
}
