package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrossValidationTest {
  private static final Key KEY = Key.of(1);

  private static CrossValidation<Sequential> cancer(Key key) {
    Dataset data = Dataset.of(Csv.read(Path.of("../data/breast_cancer.csv")), "diagnosis");
    return CrossValidation.of(
        Trainer.classification(Sequential::apply)
            .optimizer(AdamW.of(Schedule.cosine(0.02, 300)).decay(1))
            .epochs(20)
            .silent(),
        own -> Sequential.mlp(own, Activation.RELU, 30, 16, 2),
        seen -> Standardizer.fit(seen)::apply,
        data,
        5,
        key);
  }

  @Test
  void breastCancerIsToldByFiveFoldsAndTheSameKeyGivesTheSameBits() {
    CrossValidation<Sequential> once = cancer(KEY);
    assertThat(once.folds()).hasSize(5);
    assertThat(once.metric().mean()).isGreaterThanOrEqualTo(0.97);
    assertThat(cancer(KEY).loss()).isEqualTo(once.loss());
    assertThat(cancer(Key.of(2)).metric().mean()).isGreaterThanOrEqualTo(0.97);
  }

  @Test
  void meanAndDeviationAreThoseOfTheFolds() {
    CrossValidation.Spread spread = CrossValidation.Spread.of(1, 2, 4);
    assertThat(spread.mean()).isCloseTo(7 / 3.0, within(1e-15));
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(7 / 3.0), within(1e-15));
    assertThat(spread).hasToString("2.3333 ± 1.5275");
  }

  @Test
  void everyExampleIsHeldOutOnceAndPreparationNeverSeesIt() {
    Tensor x = Tensor.arange(10, DType.F32).reshape(10, 1);
    List<Integer> held = new ArrayList<>();
    CrossValidation.of(
        Trainer.regression((Tensor w, Tensor in) -> in.mul(w)).epochs(1).silent(),
        _ -> Tensor.of(1f),
        seen -> {
          for (int i = 0; i < 10; i++) {
            if (seen.eq(i).to(DType.F32).sum().item() == 0) {
              held.add(i);
            }
          }
          return in -> in;
        },
        x,
        x,
        3,
        KEY);
    assertThat(held).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void filesOfOneTrainingAndTooFewRowsAreRefused() {
    Tensor x = Tensor.zeros(Shape.of(3, 1), DType.F32);
    Trainer<Tensor> line = Trainer.regression((Tensor w, Tensor in) -> in.mul(w)).silent();
    assertThatThrownBy(() ->
            CrossValidation.of(line.checkpoint(Path.of("a")), _ -> Tensor.of(1f), x, x, 3, KEY))
        .hasMessage(
            "cross-validation needs a trainer without checkpoint, resume and best, whose file would"
                + " be that of every run, got one with such a file");
    assertThatThrownBy(() -> CrossValidation.of(line, _ -> Tensor.of(1f), x, x, 4, KEY))
        .hasMessage("folds need at least 2 of them and as many rows, got 4 folds and 3 rows");
  }
}
