package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.optim.Sgd;
import dev.backlight.nn.train.Trainer;
import dev.backlight.nn.train.TrainingStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainTest {
  private static final Key KEY = Key.of(3);

  private static Train pass() {
    return Train.with(KeyTensor.of(KEY));
  }

  @Test
  void everyKeyIsHandedOutOnce() {
    Train pass = pass();
    assertThat(pass.key().bits().toLongs()).isEqualTo(KeyTensor.of(KEY).fold(0).bits().toLongs());
    assertThat(pass.key().bits().toLongs()).isEqualTo(KeyTensor.of(KEY).fold(1).bits().toLongs());
  }

  @Test
  void dropoutScalesWhatItKeepsAndRestsAtInference() {
    Tensor x = Tensor.ones(Shape.of(1000), DType.F64);
    Dropout half = new Dropout(.5);
    assertThat(half.apply(x)).isSameAs(x);
    Tensor y = half.train(x, pass());
    assertThat(y.eq(0).or(y.eq(2)).to(DType.F64).amin().item()).isOne();
    assertThat(y.mean().item()).isCloseTo(1, within(.1));
    Train one = pass();
    assertThat(half.train(x, one).sameAs(half.train(x, one))).isFalse();
    assertThatThrownBy(() -> new Dropout(1)).hasMessage("dropout needs a rate in [0, 1), got 1.0");
  }

  @Test
  void batchNormNormalisesByTheBatchAndRemembersItsStatistics() {
    Tensor x = Tensor.of(new double[][] {{1, 10}, {3, 10}, {5, 40}});
    BatchNorm norm = BatchNorm.of(2, DType.F64);
    Train pass = pass();
    Tensor y = norm.train(x, pass);
    assertThat(y.mean(0).toDoubles()).containsExactly(new double[] {0, 0}, within(1e-12));
    assertThat(y.square().mean(0).toDoubles()).containsExactly(new double[] {1, 1}, within(1e-5));
    // By hand: means 3 and 20, unbiased variances 4 and 300.
    assertThat(pass.latest(norm.mean()).toDoubles())
        .containsExactly(new double[] {.3, 2}, within(1e-12));
    assertThat(pass.latest(norm.variance()).toDoubles())
        .containsExactly(new double[] {.9 + .4, .9 + 30}, within(1e-12));
    assertThat(pass.latest(norm.scale())).isSameAs(norm.scale());
    norm.train(x, pass);
    assertThat(pass.latest(norm.mean()).toDoubles())
        .containsExactly(new double[] {.57, 3.8}, within(1e-12));
    assertThatThrownBy(() -> norm.train(Tensor.zeros(Shape.of(1, 2), DType.F64), pass()))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "batchnorm needs more than one element for each channel in training, got (1, 2)");
    assertThatThrownBy(() -> pass().replace(norm.mean(), Tensor.zeros(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a statistic needs a new value of its own kind, F64(2), got F32(2)");
  }

  @Test
  void aStepMovesParametersByTheOptimiserAndStatisticsByTheBatch() {
    Sequential model = Sequential.of(BatchNorm.of(2), new Dropout(.5), Linear.of(2, 2, KEY));
    Tensor x = KEY.normal(Shape.of(8, 2), DType.F32).add(5);
    Tensor y = Tensor.of(0, 1, 0, 1, 0, 1, 0, 1);
    Trainer<Sequential> how =
        Trainer.<Sequential>classification(Sequential::apply)
            .training(Sequential::train)
            .optimizer(Sgd.of(.1));
    var tape = how.step(model, x, y);
    var state = Sgd.of(.1).start(model);
    KeyTensor key = KeyTensor.of(KEY);
    var one = tape.run(new TrainingStep.Before<>(model, state, key, x, y));
    var two = tape.run(new TrainingStep.Before<>(model, state, one.key(), x, y));
    assertThat(two.loss().item()).as("another mask").isNotEqualTo(one.loss().item());
    BatchNorm after = (BatchNorm) one.model().layers().getFirst();
    assertThat(after.mean().toFloats())
        .containsExactly(x.mean(0).mul(.1).toFloats(), within(1e-5f));
    assertThat(after.scale().toFloats()).doesNotContain(1f);
    // The statistics that inference uses approach those of the data.
    Sequential trained = how.batch(8).epochs(60).silent().fit(model, x, y).model();
    BatchNorm settled = (BatchNorm) trained.layers().getFirst();
    assertThat(settled.mean().toFloats()).containsExactly(x.mean(0).toFloats(), within(.02f));
  }

  @Test
  void aTrainerRefusesToTrainWithoutDropoutThatIsThere() {
    Sequential model =
        Sequential.of(Linear.of(2, 2, KEY), Sequential.of(new Dropout(.5), BatchNorm.of(2)));
    Tensor x = KEY.normal(Shape.of(8, 2), DType.F32);
    Trainer<Sequential> how = Trainer.classification(Sequential::apply);
    assertThatThrownBy(() -> how.fit(model, x, Tensor.of(0, 1, 0, 1, 0, 1, 0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "training needs its own forward pass for dropout at model.layers.1.layers.0, batchnorm"
                + " at model.layers.1.layers.1: give the trainer one with training(...), as in"
                + " Sequential::train");
    Sequential plain = Sequential.of(new Dropout(0), Linear.of(2, 2, KEY));
    assertThat(how.epochs(1).silent().fit(plain, x, Tensor.of(0, 1, 0, 1, 0, 1, 0, 1)).history())
        .hasSize(1);
    assertThat(List.of(plain.differsInTraining(), model.differsInTraining()))
        .containsExactly(false, true);
  }
}
