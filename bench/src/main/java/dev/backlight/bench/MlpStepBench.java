package dev.backlight.bench;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Trainer;
import dev.backlight.nn.train.TrainingStep;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One training step of a perceptron 784-512-256-10 on 128 examples: forward, loss, gradient, Adam.
///
/// Rerun: `bench/run MlpStepBench`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
// Averages: what is timed repeats without pause, so there is no distribution to sample.
@OutputTimeUnit(TimeUnit.MICROSECONDS)
// The vector loops take over from the plain ones when they are measured to be faster: seconds, not
// calls.
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
// A fresh JVM each time: inlining depends on what ran before.
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MlpStepBench {
  private static final int BATCH = 128;

  private Player<TrainingStep.Before<Sequential>, TrainingStep.After<Sequential>> player;

  @Setup
  public void record() {
    Sequential model = Mlps.model();
    Tensor x = Mlps.inputs(BATCH);
    Tensor y = Key.of(5).integers(Shape.of(BATCH), 0, 10);
    Adam adam = Adam.of(1e-3);
    var optimizer = adam;
    var before =
        new TrainingStep.Before<>(model, optimizer.start(model), KeyTensor.of(Key.of(0)), x, y);
    player =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(optimizer)
            .step(model, x, y)
            .player()
            .feedback(
                after -> new TrainingStep.Carried<>(after.model(), after.state(), after.key()),
                in -> new TrainingStep.Carried<>(in.model(), in.state(), in.key()));
    player.set(before);
    player.play();
    TrainingStep.After<Sequential> after = player.result();
    check(model, after, x, y);
  }

  /// Adam's first step moves parameters by the rate, whatever the size of their slopes, and lowers
  /// the loss.
  private static void check(
      Sequential model, TrainingStep.After<Sequential> after, Tensor x, Tensor y) {
    Answers.require("the loss", after.loss().item(), loss(model, x, y), 1e-5);
    Sequential step = Struct.zip(after.model(), model, Tensor::sub);
    for (Tensor moved : Struct.leaves(step)) {
      Answers.require("the largest move", moved.abs().amax().item(), 1e-3, 1e-5);
    }
    if (!(loss(after.model(), x, y) < loss(model, x, y))) {
      throw new IllegalStateException("a step needs to lower the loss");
    }
  }

  private static double loss(Sequential model, Tensor x, Tensor y) {
    return Tape.record((Tensor in) -> Losses.crossEntropy(model.apply(in), y), x).run(x).item();
  }

  @Benchmark
  public Object step() {
    player.play();
    return player.output(0);
  }
}
