package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Struct;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Conv2d;
import dev.backlight.nn.Dropout;
import dev.backlight.nn.Flatten;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.data.Augmentation;
import dev.backlight.nn.data.Batches;
import dev.backlight.nn.data.Batches.Remainder;
import dev.backlight.nn.data.DataException;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.OptimizerState;
import dev.backlight.nn.optim.Step;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerBatchesTest {
  private static final Key KEY = Key.of(5);
  private static final Tensor X = KEY.normal(Shape.of(22, 1, 4, 4), DType.F32);
  private static final Tensor Y = X.mean(1, 2, 3).gt(0).to(DType.I32);
  private static final Batches BATCHES =
      Batches.of(X, Y)
          .size(8)
          .shuffled(KEY.fold(1))
          .augmented(Augmentation.mirror(.5).then(Augmentation.shift(1)), KEY.fold(2));

  @TempDir Path dir;

  private static Sequential model() {
    return Sequential.of(
        Conv2d.of(1, 3, 3, Conv2dOptions.of(), KEY),
        Activation.TANH,
        new Flatten(),
        new Dropout(.3),
        Linear.of(12, 2, KEY));
  }

  private static Trainer<Sequential> trainer() {
    return Trainer.classification(Sequential::apply)
        .training(Sequential::train)
        .optimizer(AdamW.of(.03))
        .epochs(4)
        .key(KEY)
        .silent();
  }

  private static void same(Fitted<Sequential> got, Fitted<Sequential> want) {
    assertThat(got.history()).isEqualTo(want.history());
    requireSame(got.model(), want.model());
  }

  private static void requireSame(Object got, Object want) {
    List<Tensor> a = Struct.leaves(got);
    List<Tensor> b = Struct.leaves(want);
    for (int i = 0; i < b.size(); i++) {
      assertThat(a.get(i).sameAs(b.get(i))).as("leaf %d", i).isTrue();
    }
  }

  @Test
  void fittingIsTheLoopByHandOverTheBatchesOfEachEpoch() {
    Sequential plain =
        Sequential.of(new Flatten(), Linear.of(16, 2, KEY)); // no layer that draws by itself
    Optimizer rule = AdamW.of(.03);
    for (Remainder remainder : Remainder.values()) {
      Batches batches = BATCHES.remainder(remainder);
      Fitted<Sequential> fitted =
          Trainer.classification(Sequential::apply)
              .optimizer(rule)
              .epochs(3)
              .silent()
              .fit(plain, batches);
      Sequential model = plain;
      OptimizerState state = rule.start(model);
      for (int epoch = 0; epoch < 3; epoch++) {
        for (Batches.Batch batch : batches.epoch(epoch)) {
          Sequential slope =
              Grad.of((Sequential m) -> Losses.crossEntropy(m.apply(batch.x()), batch.y()), model)
                  .grad();
          Step<Sequential> step = rule.step(model, slope, state);
          model = step.model();
          state = step.state();
        }
      }
      requireSame(fitted.model(), model);
    }
  }

  @Test
  void readAheadOrNotTheModelIsTheSame() {
    Fitted<Sequential> fitted = trainer().fit(model(), BATCHES);
    same(trainer().fit(model(), BATCHES.ahead(3)), fitted);
    Batches otherwise = BATCHES.augmented(Augmentation.mirror(.5), KEY.fold(3));
    assertThat(trainer().fit(model(), otherwise).history()).isNotEqualTo(fitted.history());
  }

  @Test
  void trainingGoesOnWithTheBitsOfOneNeverInterrupted() {
    Path file = dir.resolve("a.safetensors");
    Fitted<Sequential> whole = trainer().fit(model(), BATCHES.ahead(1), X, Y);
    for (int cut : new int[] {1, 3}) {
      trainer().epochs(cut).checkpoint(file).fit(model(), BATCHES, X, Y);
      same(trainer().resume(file).fit(model(), BATCHES, X, Y), whole);
    }
    assertThatThrownBy(() -> trainer().resume(file).fit(model(), BATCHES.shuffled(KEY), X, Y))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageMatching(
            ".*a.safetensors: a checkpoint of this training is needed, key [0-9a-f]{32}, batch 8,"
                + " examples 22, first batch [0-9a-f]{8}, held out [0-9a-f]{8}, got key .*");
  }

  @Test
  void heldBatchesAreJudgedLikeTheirTensors() {
    Trainer<Sequential> how = trainer();
    Score all = how.evaluate(model(), X, Y);
    Score parts = how.evaluate(model(), Batches.of(X, Y).size(8));
    assertThat(parts.metric()).isEqualTo(all.metric());
    assertThat(parts.loss()).isCloseTo(all.loss(), org.assertj.core.api.Assertions.within(1e-6));
    Fitted<Sequential> fitted = how.fit(model(), BATCHES, Batches.of(X, Y).size(22));
    same(fitted, how.fit(model(), BATCHES, X, Y));
    assertThat(how.evaluate(fitted.model(), X, Y)).isEqualTo(fitted.epoch().held());
  }

  @Test
  void theRateFinderGoesThroughBatchesToo() {
    RateFinder finder = new RateFinder(AdamW::of, 1e-5, 1, 20);
    assertThat(finder.find(trainer(), model(), BATCHES.ahead(2)))
        .isEqualTo(finder.find(trainer(), model(), BATCHES));
  }

  /// Images of two sizes.
  private static final Batches.Source UNEVEN =
      new Batches.Source() {
        @Override
        public int rows() {
          return 8;
        }

        @Override
        public Batches.Batch read(int... rows) {
          if (rows[0] >= 6) {
            throw new DataException("6.png: an image is needed, got text");
          }
          int side = rows[0] < 4 ? 4 : 5;
          return new Batches.Batch(
              Tensor.zeros(rows.length, 1, side, side), Tensor.zeros(2).to(DType.I32));
        }
      };

  @Test
  void whatCannotBeTrainedOnIsRefused() {
    Batches two = Batches.of(UNEVEN).size(2);
    assertThatThrownBy(() -> trainer().fit(model(), two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "training needs batches like the first one, inputs F32(2, 1, 4, 4), got F32(2, 1, 5,"
                + " 5)");
    assertThatThrownBy(() -> trainer().fit(model(), two.shuffled(Key.of(2)).ahead(4)))
        .isInstanceOfAny(DataException.class, IllegalArgumentException.class);
    assertThatThrownBy(() -> trainer().batch(16).fit(model(), BATCHES))
        .hasMessage(
            "training on batches needs a trainer that leaves their size to them and holds nothing"
                + " out, got batch(16) and holdOut(0.0)");
    assertThatThrownBy(() -> trainer().holdOut(.2).fit(model(), BATCHES))
        .hasMessageEndingWith("got batch(32) and holdOut(0.2)");
    assertThatThrownBy(() -> trainer().fit(model(), BATCHES.size(30).remainder(Remainder.DROPPED)))
        .hasMessage("training needs at least one batch, got none of 30: all examples are left out");
  }
}
