package dev.backlight.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.explain.TensorExplainer;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Trainer;
import dev.backlight.nn.train.TrainingStep;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A replay takes no memory, whatever the network and whatever is computed of it.
class ReplayMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static IntegratedGradients path(int nodes) {
    return IntegratedGradients.from(Baseline.zeros()).with(Quadrature.midpoint(nodes));
  }

  private static Player<Tensor, Tensor> explained(Models of, TensorExplainer by) {
    Sequential model = of.model();
    return Tape.record((Tensor in) -> by.scores(model::apply, in, Target.at(3)), of.inputs(1))
        .player();
  }

  /// What the JVM itself takes now and then on this thread is not taken in every play, and what a
  /// loop takes before it is compiled not forever.
  private static void assertNone(Player<?, ?> player) {
    long least = Long.MAX_VALUE;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (least > 0 && System.nanoTime() < end) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      player.play();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).isZero();
  }

  @ParameterizedTest
  @EnumSource(Models.class)
  void forwardPassesTakeNone(Models of) {
    Sequential model = of.model();
    assertNone(Tape.record(model::apply, of.inputs(2)).player());
  }

  @ParameterizedTest
  @EnumSource(Models.class)
  void gradientsTakeNone(Models of) {
    assertNone(explained(of, new Saliency()));
  }

  @ParameterizedTest
  @EnumSource(Models.class)
  void integratedGradientsTakeNone(Models of) {
    assertNone(explained(of, path(6)));
  }

  @ParameterizedTest
  @EnumSource(Models.class)
  void trainingStepsTakeNone(Models of) {
    Sequential model = of.model();
    Tensor x = of.inputs(2);
    Tensor y = of.labels(2);
    Adam adam = Adam.of(1e-3);
    var player =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(adam)
            .step(model, x, y)
            .player()
            .feedback(
                after -> new TrainingStep.Carried<>(after.model(), after.state(), after.key()),
                in -> new TrainingStep.Carried<>(in.model(), in.state(), in.key()));
    player.set(new TrainingStep.Before<>(model, adam.start(model), KeyTensor.of(Key.of(0)), x, y));
    assertNone(player);
  }

  /// Each thread has a block, and blocks are of one size; fewer nodes than all blocks hold need less,
  /// which for the perceptron and two threads are 128.
  @ParameterizedTest
  @CsvSource({"CNN, 16", "TRANSFORMER, 16", "LSTM, 64", "MLP, 128"})
  void integratedGradientsTakeTheSameMemoryForAnyNumberOfStepsFromSomeOn(Models of, int some) {
    long full = explained(of, path(some)).bytes();
    for (int nodes : new int[] {64, 256, 512}) {
      long bytes = explained(of, path(nodes)).bytes();
      assertThat(bytes).as("%s, %s nodes", of, nodes).isLessThan(full * 4 / 3);
      if (nodes >= some) {
        assertThat(bytes).as("%s, %s nodes", of, nodes).isGreaterThan(full * 2 / 3);
      }
    }
    assertThat(explained(of, path(8)).bytes()).isLessThan(full * 4 / 3);
  }
}
