package dev.backlight.nn.train;

import static dev.backlight.nn.train.TrainerTest.KEY;
import static dev.backlight.nn.train.TrainerTest.inputs;
import static dev.backlight.nn.train.TrainerTest.labels;
import static dev.backlight.nn.train.TrainerTest.trainer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Struct;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.parallel.Threads;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.optim.Average;
import dev.backlight.nn.optim.Plateau;
import dev.backlight.nn.optim.Sgd;
import dev.backlight.nn.train.TrainerTest.Mlp;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes from step to step in training, and who computes it.
class CarriedStateTest {
  @Test
  void stepsBecomeSmallerOnAPlateauAlsoAfterAResumption(@TempDir Path dir) {
    Tensor x = inputs(20, DType.F64);
    Mlp start = Mlp.of(KEY, DType.F64);
    Trainer<Mlp> plain = trainer().optimizer(Sgd.of(0.5)).epochs(6).batch(20);
    Trainer<Mlp> stuck = plain.optimizer(Sgd.of(0.5).reducing(new Plateau(0.5, 0, 0.999, 0)));
    Fitted<Mlp> fitted = stuck.fit(start, x, labels(x));

    // No epoch halves the loss a thousand times, so each but the first halves the step.
    Mlp model = start;
    for (int epoch = 1; epoch <= 6; epoch++) {
      Tensor order = Tensor.of(KEY.fold(epoch).permutation(20));
      Tensor by = labels(x).take(0, order);
      Tensor bx = x.take(0, order);
      Mlp slope = Grad.of((Mlp m) -> Losses.crossEntropy(m.apply(bx), by), model).grad();
      double rate = 0.5 / (1 << Math.max(0, epoch - 2));
      model = Struct.zip(model, slope, (p, g) -> p.sub(g.mul(rate)));
    }
    List<Tensor> got = Struct.leaves(fitted.model());
    List<Tensor> want = Struct.leaves(model);
    for (int i = 0; i < want.size(); i++) {
      assertThat(got.get(i).sub(want.get(i)).abs().amax().item()).isLessThan(1e-12);
    }

    Path file = dir.resolve("a.safetensors");
    stuck.epochs(3).checkpoint(file).fit(start, x, labels(x));
    assertThat(stuck.resume(file).fit(start, x, labels(x)).history()).isEqualTo(fitted.history());
  }

  @Test
  void aRunningMeanOfTheWeightsDoesNotDisturbTraining() {
    Tensor x = inputs(20, DType.F32);
    Mlp start = Mlp.of(KEY, DType.F32);
    Fitted<Mlp> plain = trainer().epochs(3).fit(start, x, labels(x));
    Fitted<Mlp> averaged =
        trainer().optimizer(Adam.of(0.02).averaging(0.9)).epochs(3).fit(start, x, labels(x));
    assertThat(averaged.history()).isEqualTo(plain.history());

    // One step an epoch: the mean of three models and the start, by their decays.
    Mlp mean = start;
    for (int epochs = 1; epochs <= 3; epochs++) {
      Mlp then = trainer().epochs(epochs).batch(20).fit(start, x, labels(x)).model();
      mean = Struct.zip(mean, then, (a, p) -> a.mul(0.9).add(p.mul(1 - 0.9)));
    }
    Fitted<Mlp> whole =
        trainer()
            .optimizer(Adam.of(0.02).averaging(0.9))
            .epochs(3)
            .batch(20)
            .fit(start, x, labels(x));
    List<Tensor> got = Struct.leaves(Average.of(whole.model(), whole.state()));
    List<Tensor> want = Struct.leaves(mean);
    for (int i = 0; i < want.size(); i++) {
      assertThat(got.get(i).sub(want.get(i)).abs().amax().item()).isLessThan(1e-6);
    }
  }

  @Test
  void theSameKeyGivesTheSameBitsOnOneThreadAndOnAll() {
    Tensor x = KEY.normal(Shape.of(600, 64), DType.F32);
    Tensor y = x.slice(1, 0, 1).flatten().gt(0).to(DType.I32);
    Sequential start = Sequential.mlp(KEY, Activation.RELU, 64, 256, 256, 2);
    Trainer<Sequential> how =
        Trainer.classification(Sequential::apply).key(KEY).batch(256).epochs(3).silent();
    Fitted<Sequential> shared = how.fit(start, x, y);
    // Whoever is inside a shared task finds the other threads busy and does all work alone.
    List<Fitted<Sequential>> alone = Collections.synchronizedList(new ArrayList<>());
    Threads.run(2, (_, _) -> alone.add(how.fit(start, x, y)));
    assertThat(alone).hasSize(2);
    for (Fitted<Sequential> one : alone) {
      assertThat(one.history()).isEqualTo(shared.history());
      List<Tensor> got = Struct.leaves(one.model());
      List<Tensor> want = Struct.leaves(shared.model());
      for (int i = 0; i < want.size(); i++) {
        assertThat(got.get(i).sameAs(want.get(i))).isTrue();
      }
    }
  }
}
